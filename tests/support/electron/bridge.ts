/**
 * What the app on the stand-in and the test that shows its pages say to each other: the test owns the browser, and every
 * page of it is a window of the app.
 */
export type FromApp =
  | { readonly type: 'open'; readonly window: number; readonly preload: string }
  | { readonly type: 'load'; readonly window: number; readonly address: string }
  | { readonly type: 'reload'; readonly window: number }
  | { readonly type: 'close'; readonly window: number }
  | { readonly type: 'send'; readonly window: number; readonly channel: string; readonly args: string }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly type: 'dialog'; readonly id: number; readonly kind: string; readonly options: unknown }
  | { readonly type: 'leaked'; readonly pids: readonly number[] }

export type ToApp =
  | { readonly type: 'loaded'; readonly window: number; readonly problem: string | null }
  | { readonly type: 'closed'; readonly window: number }
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly type: 'dialog'; readonly id: number; readonly answer: unknown }

/** Questions that the app answers. */
export type Ask =
  | {
      readonly is: 'invoke'
      readonly window: number
      readonly channel: string
      readonly args: string
      readonly frame: AskingFrame
    }
  | { readonly is: 'request'; readonly address: string; readonly method: string }
  | {
      readonly is: 'navigate'
      readonly window: number
      readonly address: string
      readonly isMainFrame: boolean
    }
  | { readonly is: 'open-window'; readonly window: number; readonly address: string }
  | { readonly is: 'control'; readonly name: string; readonly args: readonly unknown[] }

export interface AskingFrame {
  readonly address: string
  readonly isMain: boolean
}

export interface AnsweredRequest {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The scheme of the app cannot be had in a browser; on a `localhost` name a page is as secure. */
const SHOWN = 'http://interleave.app.localhost'
const OWN = 'app://interleave'

export const shownAddress = (address: string): string =>
  address.startsWith(OWN) ? SHOWN + address.slice(OWN.length) : address
export const ownAddress = (address: string): string =>
  address.startsWith(SHOWN) ? OWN + address.slice(SHOWN.length) : address

/** Bytes as text, since what a page says goes through JSON. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? { $bytes: Buffer.from(part).toString('base64') } : part,
  )
export const decode = (text: string): unknown =>
  JSON.parse(text, (_key, part: unknown) => {
    const bytes = (part as { readonly $bytes?: unknown } | null)?.$bytes
    return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : part
  })
