import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Column } from '../../../domain/spreadsheet/columns.ts';
import type { ProblemRow } from '../../../platform/postgres/judge-list.ts';
import { readCampaignForImport } from '../../../platform/postgres/lists.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, fileAnswer, noContent, notFound } from '../../http/answer.ts';
import { rowId } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { importList } from '../../imports/import-list.ts';
import { tableTypes } from '../../exports/table-file.ts';
import { problemTable } from '../../imports/problem-table.ts';
import { tenantOf } from '../campaigns/tenant.ts';
import { choiceSchema, layoutOf } from './choice.ts';
import { fileRefused, previewKept, problemsFile, uploadBusy, uploadGone } from './preview.ts';
import { problemsName, tableQuery } from './list-problems.ts';

const ofUpload = z.object({ id: rowId, uploadId: z.uuid() });

export const previewKeptList = route({
  method: 'post',
  path: '/campaigns/{id}/lists/preview/{uploadId}',
  roles: ['customer'],
  summary: 'Look again with other columns, another sheet or another header row, without sending the file again',
  params: ofUpload,
  body: choiceSchema,
  answers: { 200: 'ListPreview' },
  async handle({ house, params, body, user }) {
    const owner = { customerId: tenantOf(user), campaignId: params.id };
    const campaign = await readCampaignForImport(house.db, owner);
    if (!campaign) return notFound('The campaign');
    const kept = house.keptUploads.find(owner, params.uploadId);
    if (!kept) return uploadGone();
    const preview = await previewKept(house, campaign, kept, body);
    return 'refused' in preview ? preview : answer(preview);
  },
});

export const takeKeptList = route({
  method: 'post',
  path: '/campaigns/{id}/lists/preview/{uploadId}/take',
  roles: ['customer'],
  summary: 'Take the contacts of a list that was looked at; a refusal keeps the file for another try',
  params: ofUpload,
  body: choiceSchema,
  answers: { 201: 'ListResult' },
  async handle({ house: { db, keptUploads, log, nudges, readingProgress }, params, body, user, request }) {
    const owner = { customerId: tenantOf(user), campaignId: params.id };
    const campaign = await readCampaignForImport(db, owner);
    if (!campaign) return notFound('The campaign');
    const kept = keptUploads.find(owner, params.uploadId);
    if (!kept) return uploadGone();
    const choice = layoutOf(body);
    if ('refused' in choice) return choice;
    if (kept.busy) return uploadBusy();
    kept.busy = true;
    try {
      const imported = await readingProgress.during(owner.customerId, body.progress, (onProgress) =>
        importList({ db, customerId: owner.customerId, campaign, filePath: kept.filePath, fileName: kept.fileName, userId: user.id, choice, log, onProgress }));
      if (!imported.ok) return fileRefused(imported);
      await audit(db, request, user, { action: 'listUploaded', subject: 'list', subjectId: imported.list.id, details: { accepted: imported.list.accepted } });
      keptUploads.drop(kept);
      nudges.publish({ topic: 'campaign', id: params.id });
      nudges.publish({ topic: 'pool' });
      return answer(imported.list, 201);
    } finally {
      kept.busy = false;
    }
  },
});

export const dropKeptList = route({
  method: 'delete',
  path: '/campaigns/{id}/lists/preview/{uploadId}',
  roles: ['customer'],
  summary: 'Give up a list that was looked at: its file is removed',
  params: ofUpload,
  answers: { 204: 'removed' },
  async handle({ house: { keptUploads }, params, user }) {
    const kept = keptUploads.find({ customerId: tenantOf(user), campaignId: params.id }, params.uploadId);
    if (!kept) return uploadGone();
    if (kept.busy) return uploadBusy();
    keptUploads.drop(kept);
    await keptUploads.removed();
    return noContent();
  },
});

export const keptListProblems = route({
  method: 'get',
  path: '/campaigns/{id}/lists/preview/{uploadId}/problems',
  roles: ['customer'],
  summary: 'The first 10,000 rows that would not be taken, as a table with number, reason and the original cells',
  params: ofUpload,
  query: tableQuery,
  answers: { 200: 'csv or xlsx' },
  async handle({ house: { keptUploads }, params, query, user }) {
    const kept = keptUploads.find({ customerId: tenantOf(user), campaignId: params.id }, params.uploadId);
    if (!kept) return uploadGone();
    const { columns, problems } = JSON.parse(await readFile(problemsFile(kept), 'utf8')) as { columns: Column[]; problems: ProblemRow[] };
    const pages = async function* () { yield problems; };
    return fileAnswer({ name: problemsName(kept.fileName, query), type: tableTypes[query.format], content: problemTable({ ...query, columns }, pages()) });
  },
});
