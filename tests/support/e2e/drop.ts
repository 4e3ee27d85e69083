import type { Locator, Page } from '@playwright/test'

/** Drops files on a place, as a person does who drags them out of a folder. */
export async function dropFiles(
  page: Page,
  place: Locator,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  const dataTransfer = await page.evaluateHandle(given => {
    const transfer = new DataTransfer()
    for (const { name, text } of given) transfer.items.add(new File([text], name))
    return transfer
  }, files)
  for (const type of ['dragenter', 'dragover', 'drop']) await place.dispatchEvent(type, { dataTransfer })
}
