/** What is recorded: a verb in the past tense, and what it was done to. A new action is added here. */
export const auditActions = [
  'signedIn', 'signInFailed', 'signedOut', 'sessionEnded', 'everySessionEnded',
  'passwordChanged', 'passwordResetAsked', 'passwordReset', 'totpEnrolled', 'totpRemoved', 'totpFailed', 'recoveryCodeUsed', 'recoveryCodesMade',
  'campaignStarted', 'campaignPaused', 'campaignChanged', 'listUploaded', 'resultsExported', 'problemsExported', 'managerLinked', 'managerUnlinked',
  'recordingPlayed', 'recordingErased', 'switchDrained', 'switchResumed', 'switchDeclaredLost', 'linesChanged', 'spendCapReached',
] as const;
export type AuditAction = (typeof auditActions)[number];
