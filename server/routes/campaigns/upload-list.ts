import { readCampaignForImport } from '../../../platform/postgres/lists.ts';
import { audit } from '../../accounts/logins.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { importList } from '../../imports/import-list.ts';
import { importLimits } from '../../imports/outcome.ts';
import { prepareThread } from '../../imports/spare-thread.ts';
import { withUpload } from '../../upload.ts';
import { choiceFields, layoutOf, readFields } from '../lists/choice.ts';
import { fileRefused, previewKept } from '../lists/preview.ts';
import { tenantOf } from './tenant.ts';

export const uploadList = route({
  method: 'post',
  path: '/campaigns/{id}/lists',
  roles: ['customer'],
  summary: 'Upload a list of contacts (xlsx, xls, csv, text with tabs); 422 columnsUnclear brings a preview to choose from',
  params: ofRow,
  upload: 'file',
  uploadFields: choiceFields,
  answers: { 201: 'ListResult' },
  async handle({ house, params, user, request }) {
    const { db, log, nudges, keptUploads, readingProgress } = house;
    const customerId = tenantOf(user);
    const campaign = await readCampaignForImport(db, { customerId, campaignId: params.id });
    if (!campaign) return notFound('The campaign');
    void prepareThread();
    return withUpload(request, { field: 'file', limitBytes: importLimits.fileBytes }, async ({ filePath, fileName, fields }) => {
      const said = readFields(fields);
      if ('refused' in said) return said;
      const choice = layoutOf(said);
      if ('refused' in choice) return choice;
      const imported = await readingProgress.during(customerId, said.progress, (onProgress) => importList({ db, customerId, campaign, filePath, fileName, userId: user.id, choice, log, onProgress }));
      if (!imported.ok && imported.code === 'columnsUnclear') {
        const kept = await keptUploads.keep({ customerId, campaignId: params.id }, { filePath, fileName });
        const preview = await previewKept(house, campaign, kept, said);
        return 'refused' in preview ? preview : refuse(422, imported.code, imported.detail, { fields: [{ field: 'mapping', message: imported.detail }], extra: { preview } });
      }
      if (!imported.ok) return fileRefused(imported);
      await audit(db, request, user, { action: 'listUploaded', subject: 'list', subjectId: imported.list.id, details: { accepted: imported.list.accepted } });
      nudges.publish({ topic: 'campaign', id: params.id });
      nudges.publish({ topic: 'pool' });
      return answer(imported.list, 201);
    });
  },
});
