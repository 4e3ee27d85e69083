import type { FileChooser, Locator, Page } from '@playwright/test'

import { goWithout } from './hands.ts'
import { expect } from './test.ts'

/** More stops than any view has. */
const STOPS = 150

/** A key is down for a moment: a choice of few heeds whether an arrow brought the focus to it. */
const DOWN_MS = 20

/** A person with a keyboard and nothing else. */
export interface Keyboard {
  /** One key after the other, as Playwright names them. */
  press(...keys: readonly string[]): Promise<void>
  /** Goes there with Tab. */
  reach(target: Locator): Promise<void>
  /** Goes to a button or link and presses Enter. */
  push(target: Locator): Promise<void>
  /** Goes to a field and writes over what is in it. */
  write(field: Locator, text: string): Promise<void>
  /** Goes to the choices that one belongs to, and to it with the arrows. */
  choose(option: Locator): Promise<void>
  /** Pushes a button that asks for files, and gives some. */
  give(button: Locator, files: string | readonly string[]): Promise<void>
}

export async function onlyKeyboard(page: Page): Promise<Keyboard> {
  await goWithout(page, 'pointer')

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key, { delay: key.startsWith('Arrow') ? DOWN_MS : 0 })
  }
  const pressUntil = async (key: string, target: Locator, isThere: () => Promise<boolean>): Promise<void> => {
    for (let stops = 0; stops < STOPS; stops += 1) {
      if (await isThere()) return
      await press(key)
    }
    throw new Error(`${key} does not lead to ${String(target)}`)
  }
  const reach = async (target: Locator): Promise<void> => {
    await expect(target).toBeEnabled()
    await pressUntil('Tab', target, () => target.evaluate(element => element === document.activeElement))
  }
  const push = async (target: Locator): Promise<void> => {
    await reach(target)
    await press('Enter')
  }
  return {
    press,
    reach,
    push,
    write: async (field, text) => {
      await reach(field)
      await press('ControlOrMeta+a')
      await page.keyboard.type(text)
    },
    choose: async option => {
      await expect(option).toBeEnabled()
      await pressUntil('Tab', option, () => option.evaluate(isBeside))
      await pressUntil('ArrowRight', option, () =>
        option.evaluate(element => element === document.activeElement),
      )
    },
    give: async (button, files) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), push(button)])
      await giveTo(chooser, files)
    },
  }
}

export const giveTo = (chooser: FileChooser, files: string | readonly string[]): Promise<void> =>
  chooser.setFiles(typeof files === 'string' ? files : [...files])

/** Whether the focus is on one of the choices that `option` is one of. */
const isBeside = (option: Element): boolean =>
  option.closest('[role=radiogroup], [role=tablist]')?.contains(document.activeElement) ?? false
