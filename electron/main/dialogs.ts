import { homedir } from 'node:os'
import { join } from 'node:path'

import { dialog, type BrowserWindow } from 'electron'

import type { Dialogs } from './desktop-handlers.ts'
import type { AskPath } from './guarded-handlers.ts'
import type { DesktopText } from './texts.ts'

type WindowOf = () => BrowserWindow | null

/** Dialogs of the system: a page can ask for one and cannot answer it. */
export const nativeDialogs = (windowOf: WindowOf, t: () => DesktopText): Dialogs => ({
  choose: async what => {
    const options = {
      title: t()(`desktop.choose.${what}`),
      properties: [what === 'files' ? 'openFile' : 'openDirectory', 'multiSelections'] as [
        'openFile',
        'multiSelections',
      ],
    }
    const window = windowOf()
    const { canceled, filePaths } = await (window === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options))
    return canceled ? [] : filePaths
  },
  save: async name => {
    const options = { defaultPath: join(homedir(), name) }
    const window = windowOf()
    const { canceled, filePath } = await (window === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options))
    return canceled || filePath === '' ? null : filePath
  },
})

/** Asks for the one path; what it may read is agreed to, what it may write is the folder. */
export const askPath =
  (windowOf: WindowOf, t: () => DesktopText): AskPath =>
  async (what, path) => {
    const answer = await askOf(windowOf(), {
      title: t()(`desktop.ask.${what}`),
      text: path,
      // Refusing is where Enter and Escape lead.
      buttons: [t()('desktop.ask.refuse'), t()('desktop.ask.allow')],
      usual: 0,
      cancel: 0,
    })
    return answer === 1
  }

interface Question {
  readonly title: string
  readonly text: string
  readonly buttons: readonly string[]
  /** Index of the button that Enter presses, and of that which closing the dialog means. */
  readonly usual: number
  readonly cancel: number
}

/** @returns The index of the button. */
export async function askOf(
  window: BrowserWindow | null,
  { title, text, buttons, usual, cancel }: Question,
): Promise<number> {
  const options = {
    type: 'question' as const,
    message: title,
    detail: text,
    buttons: [...buttons],
    defaultId: usual,
    cancelId: cancel,
    noLink: true,
  }
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options))
  return response
}
