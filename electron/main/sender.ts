import { JobError } from '../../shared/model/error.ts'
import { APP_ORIGIN } from './app-scheme.ts'

/** What tells where a message comes from, as Electron's events have it. */
export interface Sender {
  readonly sender: { readonly id: number }
  readonly senderFrame: {
    readonly detached: boolean
    readonly parent: object | null
    readonly origin: string
    readonly url: string
  } | null
}

/** @throws JobError `E_IPC_SENDER` unless the main frame of one of our windows asks. */
export function checkSender(
  { sender, senderFrame }: Sender,
  isWindow: (contentsId: number) => boolean,
): void {
  const isOurs =
    senderFrame !== null &&
    !senderFrame.detached &&
    senderFrame.parent === null &&
    senderFrame.origin === APP_ORIGIN &&
    senderFrame.url !== '' &&
    isWindow(sender.id)
  if (!isOurs) throw new JobError('E_IPC_SENDER', 'E_IPC_SENDER: this frame may not ask')
}
