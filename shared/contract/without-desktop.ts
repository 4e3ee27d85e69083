import { JobError } from '../model/error.ts'
import type { CommandName, Handlers, StreamName } from './contract.ts'

export type DesktopName = Extract<CommandName | StreamName, `desktop.${string}`>
export type DesktopHandlers = Pick<Handlers, DesktopName>

const refused = (): JobError =>
  new JobError('E_CONFIG', 'only the desktop app has dialogs and windows of its own')
const refuse = (): Promise<never> => Promise.reject(refused())

/** What hosts answer that are no desktop app. */
export const withoutDesktop: DesktopHandlers = {
  'desktop.redeem': refuse,
  'desktop.choose': refuse,
  'desktop.saveExport': refuse,
  'desktop.saveText': refuse,
  'desktop.wishes': (_params, port) => port.fail(refused()),
}
