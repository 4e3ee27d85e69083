import type { Page } from '@playwright/test'

/**
 * Lets the page complain about every use of what a person without it does not have, also after it was loaded anew; the
 * fixture `dashboard` fails the test for it.
 */
export async function goWithout(page: Page, missing: 'keyboard' | 'pointer'): Promise<void> {
  const type = missing === 'keyboard' ? 'keydown' : 'pointerdown'
  await page.addInitScript(complainAbout, type)
  await page.evaluate(complainAbout, type)
}

function complainAbout(type: string): void {
  const complain = ({ isTrusted }: Event): void => {
    if (isTrusted) console.error(`there was a ${type}`)
  }
  addEventListener(type, complain, { capture: true })
}
