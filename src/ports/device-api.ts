/**
 * A firewall's own web interface for programs.
 *
 * Guarantees of every adapter: one call is one request, never repeated by itself; it ends within its deadline; the
 * certificate is checked. Throws HostUnknown where there is no answer, or none that is JSON.
 */
export interface DeviceApi {
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, how?: HowToCall): Promise<ApiReply>;
}

export interface HowToCall {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** This call changes something, on behalf of the hand with this number. */
  readonly fence?: number;
}

export interface ApiReply {
  readonly status: number;
  /** Undefined where the body is empty. */
  readonly body: unknown;
}
