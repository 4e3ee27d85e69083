/**
 * Carries frames of bytes between two ends and knows nothing of what is in them: Electron IPC, a WebSocket, a
 * pair in memory. Frames arrive whole, once, in the order in which they were sent.
 *
 * Open from the beginning; closes once, from either end, for ever.
 */
export interface Wire {
  /**
   * Sends one frame, 1 to {@link FRAME_BYTES} bytes; never blocks and never throws. After the wire has closed it
   * does nothing. The bytes may be changed by the caller as soon as it returns.
   */
  send(frame: Uint8Array): void
  /**
   * Sets the one listener of frames; never called before this returns. Frames that arrived before are kept for it.
   * The frame is the listener's to keep.
   */
  onFrame(listener: (frame: Uint8Array) => void): void
  /** Closes both ends: frames sent before arrive at the other end first, if it listens. Closing twice is closing once. */
  close(): void
  /** Adds a listener, called once when the wire has closed, for whatever reason; soon when it is closed already. */
  onClose(listener: () => void): void
  /** Bytes sent that have not left yet; 0 where a carrier cannot tell. */
  readonly bufferedBytes: number
  /** Sets the one listener called when {@link bufferedBytes} has fallen to {@link HIGH_WATER_BYTES} or below. */
  onDrain(listener: () => void): void
}

/** Longest frame. A WebSocket host refuses messages from 256 KiB on; this leaves room for a carrier's own header. */
export const FRAME_BYTES = 240 * 1_024

/** Above this many buffered bytes, what is pushed waits and ticks are coalesced. */
export const HIGH_WATER_BYTES = 2 ** 20
