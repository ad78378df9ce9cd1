/** The person accepted or declined a document: it is uploaded where Teams says, and shown as a file. */
import { z } from 'zod';
import type { Activity } from './activity.ts';
import type { Door } from './admission.ts';
import type { Connector } from './connector.ts';
import { isFileAddress } from './files-in.ts';
import type { Consents } from './files-out.ts';
import { addressOf, conversationOf, readReference } from './reference.ts';

const consentSchema = z.looseObject({
  action: z.enum(['accept', 'decline']),
  context: z.looseObject({ document: z.string().max(64) }),
  uploadInfo: z
    .looseObject({
      uploadUrl: z.string().max(4000),
      contentUrl: z.string().max(4000),
      name: z.string().max(400),
      uniqueId: z.string().max(400),
      fileType: z.string().max(40),
    })
    .optional(),
});

const UPLOAD_MS = 8000;

export interface ConsentNeeds {
  readonly activity: Activity;
  readonly door: Door;
  readonly consents: Consents;
  readonly connector: Connector;
}

export async function answerConsent(needs: ConsentNeeds): Promise<{ readonly status: number; readonly body?: object }> {
  const read = consentSchema.safeParse(needs.activity.value);
  if (!read.success) return { status: 400 };
  const { action, context, uploadInfo } = read.data;
  const document = await needs.consents.take(context.document);
  if (action === 'decline' || !document || !uploadInfo) return { status: 200 };
  if (!isFileAddress(uploadInfo.uploadUrl, needs.door)) return { status: 403 };
  const bytes = Buffer.from(document.text);
  const response = await fetch(uploadInfo.uploadUrl, {
    method: 'PUT',
    redirect: 'error',
    signal: AbortSignal.timeout(UPLOAD_MS),
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}`,
    },
    body: bytes,
  });
  if (!response.ok) {
    await needs.consents.keep(document);
    return { status: 502 };
  }
  const reference = readReference(conversationOf(needs.activity));
  if (!reference) return { status: 200 };
  const { name, contentUrl, uniqueId, fileType } = uploadInfo;
  await needs.connector.post(reference.serviceUrl, addressOf(reference), {
    type: 'message',
    conversation: { id: addressOf(reference) },
    summary: name,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.info',
        name,
        contentUrl,
        content: { uniqueId, fileType },
      },
    ],
  });
  return { status: 200 };
}
