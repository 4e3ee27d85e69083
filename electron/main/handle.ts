import { ipcMain, type WebContents } from 'electron'

import { JobError } from '../../shared/model/error.ts'
import type { AskedChannel } from '../ipc/channels.ts'
import { CallRate } from './call-rate.ts'
import { checkSender } from './sender.ts'

interface Asked<In extends readonly unknown[], Out> {
  /** @returns The arguments; `null` for those that the channel does not take. */
  readonly check: (given: readonly unknown[]) => In | null
  readonly answer: (contents: WebContents, ...args: In) => Out | Promise<Out>
  /** Calls a second; twice as many may come at once. */
  readonly perSec: number
}

/** Answers pages, and only the main frames of our own windows. */
export class Asking {
  readonly #isWindow: (contentsId: number) => boolean
  readonly #nowMs: () => number

  constructor(isWindow: (contentsId: number) => boolean, nowMs: () => number) {
    this.#isWindow = isWindow
    this.#nowMs = nowMs
  }

  /** The only place where the main process listens to a page. */
  handle<In extends readonly unknown[], Out>(channel: AskedChannel, asked: Asked<In, Out>): void {
    const rate = new CallRate(asked.perSec, this.#nowMs)
    ipcMain.handle(channel, async (event, ...given: unknown[]) => {
      // Before anything is awaited: afterwards the frame may be another.
      checkSender(event, this.#isWindow)
      if (!rate.take(event.sender.id)) throw new JobError('E_LIMIT', `E_LIMIT: too many calls of ${channel}`)
      const args = asked.check(given)
      if (args === null) throw new JobError('E_IPC_SCHEMA', `E_IPC_SCHEMA: ${channel} takes other arguments`)
      return await asked.answer(event.sender, ...args)
    })
  }
}
