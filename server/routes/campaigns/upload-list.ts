import { readCampaignForImport } from '../../../platform/postgres/lists.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { importList } from '../../imports/import-list.ts';
import { importLimits } from '../../imports/outcome.ts';
import { withUpload } from '../../upload.ts';
import { tenantOf } from './tenant.ts';

export const uploadList = route({
  method: 'post',
  path: '/campaigns/{id}/lists',
  roles: ['customer'],
  summary: 'Upload a list of contacts (xlsx or csv)',
  params: ofRow,
  upload: 'file',
  answers: { 201: 'ListResult' },
  async handle({ house: { db, log, nudges }, params, user, request }) {
    const customerId = tenantOf(user);
    const campaign = await readCampaignForImport(db, { customerId, campaignId: params.id });
    if (!campaign) return notFound('The campaign');
    return withUpload(request, { field: 'file', limitBytes: importLimits.fileBytes }, async ({ filePath, fileName }) => {
      const imported = await importList({ db, customerId, campaign, filePath, fileName, userId: user.id, log });
      if (!imported.ok) return refuse(422, imported.code, imported.detail, { fields: [{ field: 'file', message: imported.detail }] });
      nudges.publish({ topic: 'campaign', id: params.id });
      nudges.publish({ topic: 'pool' });
      return answer(imported.list, 201);
    });
  },
});
