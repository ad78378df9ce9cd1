/** One call to a paging service: JSON over HTTP, ended within its deadline, no redirect followed, no secret in a fault. */
import { PageFailed } from '../../src/ports/pagers.ts';

const DEADLINE_MS = 8000;

export interface PagingCall {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Statuses that mean it is taken. */
  readonly taken: readonly number[];
}

/** Throws PageFailed: with `again` where the service is away or asks to wait. */
export async function postJson(call: PagingCall): Promise<void> {
  const response = await answerOf(call);
  const { status } = response;
  if (call.taken.includes(status)) {
    await response.body?.cancel();
    return;
  }
  const text = (await response.text().catch(() => '')).slice(0, 200);
  const again = status === 429 || status >= 500 || status === 408;
  throw new PageFailed(`${call.name} answered ${status}${text === '' ? '' : `: ${text}`}`, again);
}

async function answerOf({ name, url, body, headers }: PagingCall): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (cause) {
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    throw new PageFailed(
      late ? `${name} did not answer within ${DEADLINE_MS / 1000} s` : `${name} can't be reached`,
      true,
      { cause },
    );
  }
}
