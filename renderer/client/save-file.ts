/** Long enough for a browser to have begun to read it, and to ask where it goes. */
const KEPT_MS = 60_000

/** Hands bytes over as a file, the way browsers do downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
