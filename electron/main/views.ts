import type { WebContents } from 'electron'

import type { Handlers } from '../../shared/contract/contract.ts'
import { serve } from '../../shared/contract/serve.ts'
import { PACK_HEADER_BYTES } from '../../shared/contract/frame-pack.ts'
import { FRAME_BYTES } from '../../shared/contract/wire.ts'
import { CHANNEL } from '../ipc/channels.ts'
import type { Grants } from './grants.ts'
import type { Asking } from './handle.ts'
import { IpcWire } from './ipc-wire.ts'

interface View {
  readonly wireId: number
  readonly wire: IpcWire
}

interface ViewsParts {
  readonly asking: Asking
  readonly grants: Grants
  readonly handlersOf: (contents: WebContents) => Handlers
}

const PATH_CHARACTERS = 4_096

/** The pages that are connected: one wire each, which a page that was loaded again begins anew. */
export class Views {
  readonly #parts: ViewsParts
  readonly #views = new Map<number, View>()
  #lastWireId = 0

  constructor(parts: ViewsParts) {
    this.#parts = parts
    const { asking, grants } = parts
    asking.handle(CHANNEL.open, { perSec: 10, check: isNothing, answer: contents => this.#open(contents) })
    asking.handle(CHANNEL.send, {
      perSec: 5_000,
      check: ([wireId, pack, ...more]): [number, Uint8Array] | null =>
        isWhole(wireId) && isPack(pack) && more.length === 0 ? [wireId, pack] : null,
      answer: ({ id }, wireId, pack) => this.#wireOf(id, wireId)?.receive(pack),
    })
    asking.handle(CHANNEL.took, {
      perSec: 5_000,
      check: ([wireId, bytes, ...more]): [number, number] | null =>
        isWhole(wireId) && isWhole(bytes) && more.length === 0 ? [wireId, bytes] : null,
      answer: ({ id }, wireId, bytes) => this.#wireOf(id, wireId)?.took(bytes),
    })
    asking.handle(CHANNEL.close, {
      perSec: 10,
      check: ([wireId, ...more]): [number] | null => (isWhole(wireId) && more.length === 0 ? [wireId] : null),
      answer: ({ id }, wireId) => this.#wireOf(id, wireId)?.close(),
    })
    asking.handle(CHANNEL.grant, {
      perSec: 2_000,
      check: ([path, ...more]): [string] | null => (isPath(path) && more.length === 0 ? [path] : null),
      answer: (_contents, path) => grants.issue(path),
    })
  }

  /** Ends the wire of a page that is gone. */
  drop(contentsId: number): void {
    this.#views.get(contentsId)?.wire.close()
  }

  #open(contents: WebContents): number {
    this.drop(contents.id)
    this.#lastWireId += 1
    const wireId = this.#lastWireId
    const tell = (channel: string, ...values: readonly unknown[]): void => {
      if (!contents.isDestroyed()) contents.send(channel, wireId, ...values)
    }
    const wire = new IpcWire({
      sendPack: pack => tell(CHANNEL.pack, pack),
      onClosed: () => {
        if (this.#views.get(contents.id)?.wireId === wireId) this.#views.delete(contents.id)
        tell(CHANNEL.closed)
      },
    })
    this.#views.set(contents.id, { wireId, wire })
    serve(this.#parts.handlersOf(contents), wire)
    return wireId
  }

  #wireOf(contentsId: number, wireId: number): IpcWire | undefined {
    const view = this.#views.get(contentsId)
    return view?.wireId === wireId ? view.wire : undefined
  }
}

/** A page sends frame after frame. */
const MOST_PACK_BYTES = FRAME_BYTES + PACK_HEADER_BYTES

const isNothing = (given: readonly unknown[]): [] | null => (given.length === 0 ? [] : null)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isPack = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.byteLength <= MOST_PACK_BYTES
const isPath = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= PATH_CHARACTERS
