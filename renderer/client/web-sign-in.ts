import type { Access } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'

/** The tab's own memory: what it keeps is gone with the tab, and no other port of this machine ever sees it. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const KEPT_TOKEN = 'interleave.session'
const ANSWER_MS = 5_000

/** The credentials of one tab: a one-time code becomes a session, the session's token becomes tickets. */
export class WebSignIn {
  readonly #origin: string
  readonly #storage: TabStorage
  #code: string | null

  /** @param code From the address; `null` for a page that was loaded again. */
  constructor(origin: string, storage: TabStorage, code: string | null) {
    this.#origin = origin
    this.#storage = storage
    this.#code = code
  }

  /** Another address was opened in this tab. */
  setCode(code: string): void {
    this.#code = code
  }

  /**
   * @returns A ticket that opens one WebSocket, and what whoever connects with it may do.
   * @throws JobError `E_AUTH` when the tab is signed in no more, `E_CONNECT` when the host cannot be reached.
   */
  async getTicket(): Promise<{ readonly ticket: string; readonly access: Access }> {
    await this.#redeemCode()
    const token = this.#storage.getItem(KEPT_TOKEN)
    if (token === null) throw notSignedIn()
    const { ticket, access } = await this.#post('/api/ws-ticket', {}, token)
    if (typeof ticket !== 'string') throw unreachable('its answer holds no ticket')
    return { ticket, access: access === 'control' ? 'control' : 'read' }
  }

  async #redeemCode(): Promise<void> {
    if (this.#code === null) return
    try {
      const { token } = await this.#post('/api/session', { code: this.#code }, null)
      if (typeof token !== 'string') throw unreachable('its answer holds no token')
      this.#storage.setItem(KEPT_TOKEN, token)
    } catch (error) {
      // Used or too old. The tab may have a session from before nevertheless.
      if (!isRefusal(error)) throw error
    }
    this.#code = null
  }

  async #post(path: string, body: object, token: string | null): Promise<Readonly<Record<string, unknown>>> {
    let answer: Response
    try {
      answer = await fetch(`${this.#origin}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
    } catch (cause) {
      throw new JobError('E_CONNECT', 'the host does not answer', { cause })
    }
    if (answer.status === 401) {
      if (token !== null) this.#storage.removeItem(KEPT_TOKEN)
      throw notSignedIn()
    }
    if (!answer.ok) throw unreachable(`it answers with status ${answer.status}`)
    return (await answer.json()) as Readonly<Record<string, unknown>>
  }
}

export const isRefusal = (error: unknown): boolean => error instanceof JobError && error.code === 'E_AUTH'

const notSignedIn = (): JobError => new JobError('E_AUTH', 'this page is not signed in')
const unreachable = (why: string): JobError => new JobError('E_CONNECT', `the host cannot be used: ${why}`)
