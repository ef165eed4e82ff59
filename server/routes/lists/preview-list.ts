import { readCampaignForImport } from '../../../platform/postgres/lists.ts';
import { answer, notFound } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { importLimits } from '../../imports/outcome.ts';
import { prepareThread } from '../../imports/spare-thread.ts';
import { withUpload } from '../../upload.ts';
import { tenantOf } from '../campaigns/tenant.ts';
import { choiceFields, readFields } from './choice.ts';
import { previewKept } from './preview.ts';

export const previewList = route({
  method: 'post',
  path: '/campaigns/{id}/lists/preview',
  roles: ['customer'],
  summary: 'Look at a list before it is taken: what each column is, the first rows, what would become of all',
  params: ofRow,
  upload: 'file',
  uploadFields: choiceFields,
  answers: { 200: 'ListPreview' },
  async handle({ house, params, user, request }) {
    const customerId = tenantOf(user);
    const campaign = await readCampaignForImport(house.db, { customerId, campaignId: params.id });
    if (!campaign) return notFound('The campaign');
    void prepareThread();
    return withUpload(request, { field: 'file', limitBytes: importLimits.fileBytes }, async ({ fields, ...file }) => {
      const choice = readFields(fields);
      if ('refused' in choice) return choice;
      const kept = await house.keptUploads.keep({ customerId, campaignId: params.id }, file);
      const preview = await previewKept(house, campaign, kept, choice);
      if (!('refused' in preview)) return answer(preview);
      house.keptUploads.drop(kept);
      return preview;
    });
  },
});
