import type { Locator, Page } from '@playwright/test'

import { dropFiles } from './drop.ts'
import { goWithout } from './hands.ts'
import { giveTo } from './keyboard.ts'

/** A person with a mouse and nothing else. */
export interface Mouse {
  click(target: Locator): Promise<void>
  /** Presses on a target, and lets go when something has become true. */
  hold(target: Locator, until: () => Promise<void>): Promise<void>
  /** Drags a slider's thumb there, 0..1 of its way. */
  slide(slider: Locator, ratio: number): Promise<void>
  drop(place: Locator, files: Parameters<typeof dropFiles>[2]): Promise<void>
  /** Clicks a button that asks for files, and gives some. */
  give(button: Locator, files: string | readonly string[]): Promise<void>
}

export async function onlyMouse(page: Page): Promise<Mouse> {
  await goWithout(page, 'keyboard')
  return {
    click: target => target.click(),
    hold: async (target, until) => {
      await target.hover()
      await page.mouse.down()
      await until()
      await page.mouse.up()
    },
    slide: async (slider, ratio) => {
      await slider.hover()
      const { x, y, width, height } = (await slider.boundingBox())!
      const [from, most] = await slider.evaluate(element => {
        const { value, max } = element as HTMLInputElement
        return [Number(value), Number(max)] as const
      })
      // The thumb's middle keeps half of its width from both ends.
      const at = (part: number): number => x + height / 2 + part * (width - height)
      await page.mouse.move(at(from / most), y + height / 2)
      await page.mouse.down()
      await page.mouse.move(at(ratio), y + height / 2, { steps: 10 })
      await page.mouse.up()
    },
    drop: (place, files) => dropFiles(page, place, files),
    give: async (button, files) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
      await giveTo(chooser, files)
    },
  }
}
