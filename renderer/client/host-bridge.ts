import type { Access, Client, ExportRef } from '../../shared/contract/contract.ts'

/** How far a file has come on its way to the host. */
export interface ImportProgress {
  readonly name: string
  readonly sentBytes: number
  readonly totalBytes: number
}

export type Connection = 'connecting' | 'open' | 'lost' | 'signed-out'

/**
 * What differs between the hosts of this page, and all that does: a browser page over a WebSocket, a window of the
 * desktop app over its preload. Everything else goes through the contract.
 */
export interface HostBridge {
  /** The wire may be lost and come back: then this is another client, and {@link onConnection} has said so. */
  readonly client: Client
  readonly connection: Connection
  /** What this page may do; known once the connection is open. */
  readonly access: Access
  /** Adds a listener for changes of {@link connection}. @returns Removes it. */
  onConnection(listener: (connection: Connection) => void): () => void
  /**
   * Makes files that were dropped or chosen readable for the host.
   *
   * @returns What a job may name as inputs, in the same order.
   */
  importFiles(
    files: readonly File[],
    progress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /** Hands an export that was made to the person: a download, or a dialog for where to save it. */
  saveExport(ref: ExportRef, progress: (sentBytes: number) => void, signal: AbortSignal): Promise<void>
  /** Hands a text over as a file, such as a job. */
  saveText(name: string, text: string): Promise<void>
  /** Sets the listener of what the person opened with the app, as a job would name it; a browser page has none. */
  onOpened?(listener: (inputs: readonly string[]) => void): void
}
