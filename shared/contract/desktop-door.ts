/**
 * What the desktop app's preload script gives a page, as `window.interleave`: one wire, and grants for files. It does not
 * grow with the contract.
 *
 * @typeParam FileObject The browser's `File`.
 */
export interface DesktopDoor<FileObject> {
  /** Begins the page's wire; the one before it ends. Rejects when the host refuses. */
  openWire(onPack: (pack: Uint8Array) => void, onClosed: () => void): Promise<void>
  /** Sends a pack of frames. Resolves once the host takes more; rejects when the wire is over. */
  send(pack: Uint8Array): Promise<void>
  closeWire(): void
  /**
   * @returns What `desktop.redeem` takes once; `null` for a file that is not on the disk, such as one made by a page.
   * Rejects when it cannot be read.
   */
  grantFile(file: FileObject): Promise<string | null>
}
