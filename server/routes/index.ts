import type { Route } from '../http/route.ts';
import { changeLine, readLines } from './admin/lines.ts';
import { changeCampaign } from './campaigns/change-campaign.ts';
import { createCampaign } from './campaigns/create-campaign.ts';
import { countExport } from './campaigns/count-export.ts';
import { exportResults } from './campaigns/export-results.ts';
import { listCampaigns } from './campaigns/list-campaigns.ts';
import { makeManagerLink, revokeManagerLink } from './campaigns/manager-link.ts';
import { listLists } from './campaigns/list-lists.ts';
import { listOperators } from './campaigns/list-operators.ts';
import { pauseCampaign } from './campaigns/pause-campaign.ts';
import { readCampaign } from './campaigns/read-campaign.ts';
import { results } from './campaigns/results.ts';
import { startCampaign } from './campaigns/start-campaign.ts';
import { uploadList } from './campaigns/upload-list.ts';
import { history } from './manager/history.ts';
import { openLink } from './manager/open-link.ts';
import { acceptTransfer, declineTransfer, judgeTransfer, readTransfer } from './manager/transfer.ts';
import { dropKeptList, keptListProblems, previewKeptList, takeKeptList } from './lists/kept-list.ts';
import { listProblems } from './lists/list-problems.ts';
import { template } from './lists/list-template.ts';
import { previewList } from './lists/preview-list.ts';
import { progress } from './lists/progress.ts';
import { addContact } from './operator/add-contact.ts';
import { cockpit } from './operator/cockpit.ts';
import { devices, dropDevice, makeDevice } from './operator/devices.ts';
import { dial } from './operator/dial.ts';
import { dispose } from './operator/dispose.ts';
import { goOffLine } from './operator/go-off-line.ts';
import { goOnLine } from './operator/go-on-line.ts';
import { notes } from './operator/notes.ts';
import { pause } from './operator/pause.ts';
import { requestInCall } from './operator/request-in-call.ts';
import { ringMe } from './operator/ring-me.ts';
import { skip } from './operator/skip.ts';
import { takeCampaign } from './operator/take-campaign.ts';
import { tasks } from './operator/tasks.ts';
import { wrapUp } from './operator/wrap-up.ts';
import { callRecordings } from './recordings/list-recordings.ts';
import { playRecording } from './recordings/play-recording.ts';
import { readSession } from './sessions/read-session.ts';
import { changeOwnPassword } from './account/own-password.ts';
import { endEverySession, endSession, readAccount } from './account/account.ts';
import { confirmSecondFactor, offerSecondFactor, removeSecondFactor, renewRecoveryCodes } from './account/second-factor.ts';
import { readAudit } from './audit/list-audit.ts';
import { passwordForgotten } from './passwords/forgotten.ts';
import { resetPassword } from './passwords/reset.ts';
import { beginEnrolment, takeSecondStep } from './sessions/second-step.ts';
import { signIn } from './sessions/sign-in.ts';
import { signOut } from './sessions/sign-out.ts';
import { drainSwitch, loseSwitch, readSwitches } from './switches/switches.ts';

/** Every route of `/api/v1`, declared once: the router, the role check and OpenAPI are made from it. */
export const routes: readonly Route[] = [
  signIn, takeSecondStep, beginEnrolment, readSession, signOut, passwordForgotten, resetPassword,
  readAccount, changeOwnPassword, offerSecondFactor, confirmSecondFactor, removeSecondFactor, renewRecoveryCodes, endSession, endEverySession, readAudit,
  listCampaigns, createCampaign, readCampaign, changeCampaign, startCampaign, pauseCampaign, uploadList, listLists, results, exportResults, countExport, listOperators, makeManagerLink, revokeManagerLink,
  previewList, previewKeptList, takeKeptList, dropKeptList, keptListProblems, listProblems, template, progress,
  callRecordings, playRecording,
  cockpit, tasks, takeCampaign, goOnLine, goOffLine, ringMe, devices, makeDevice, dropDevice, pause, skip, dial, requestInCall, notes, dispose, wrapUp, addContact,
  readLines, changeLine,
  openLink, readTransfer, acceptTransfer, declineTransfer, judgeTransfer, history,
  readSwitches, drainSwitch, loseSwitch,
];
