import { Encoder, Decoder, ExtData, type ExtensionCodecType } from '@msgpack/msgpack'

import { JobError } from '../model/error.ts'
import { checkBounds, MESSAGE_DEPTH } from './message-bounds.ts'

/** Extension types of the wire format; numbers are frozen. */
const EXTENSION = { float64Array: 1, uint32Array: 2 } as const

/** An encoder keeps its buffer, which one large message must not pin for ever. */
const KEPT_BUFFER_BYTES = 2 ** 20

const extensions: ExtensionCodecType<undefined> = {
  tryToEncode: value => {
    if (value instanceof Float64Array) return new ExtData(EXTENSION.float64Array, bytesOfFloats(value))
    if (value instanceof Uint32Array) return new ExtData(EXTENSION.uint32Array, bytesOfWords(value))
    if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) {
      throw new TypeError(`${value.constructor.name} is not part of the wire format`)
    }
    if (!isPlain(value)) throw new TypeError('only plain objects, lists and typed arrays are sent')
    return null
  },
  decode: (data, type) => {
    if (type === EXTENSION.float64Array && data.byteLength % 8 === 0) return floatsOfBytes(data)
    if (type === EXTENSION.uint32Array && data.byteLength % 4 === 0) return wordsOfBytes(data)
    throw new TypeError(`extension type ${type} with ${data.byteLength} bytes is not part of the wire format`)
  },
}

const decoder = new Decoder({ extensionCodec: extensions })
let encoder = makeEncoder()

function makeEncoder(): Encoder {
  return new Encoder({ extensionCodec: extensions, maxDepth: MESSAGE_DEPTH, ignoreUndefined: true })
}

/**
 * Plain data as MessagePack. `Float64Array`, `Uint32Array` and `Uint8Array` stay what they are. Members of an object
 * that are `undefined` are left out, in a list they become `null`; -0 becomes 0.
 *
 * @throws JobError `E_IPC_SCHEMA` for what is not plain data, or nested deeper than {@link MESSAGE_DEPTH}.
 */
export function encodeMessage(value: unknown): Uint8Array {
  try {
    const bytes = encoder.encode(value)
    if (bytes.byteLength > KEPT_BUFFER_BYTES) encoder = makeEncoder()
    return bytes
  } catch (error) {
    encoder = makeEncoder()
    throw new JobError('E_IPC_SCHEMA', `this cannot be sent: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * What {@link encodeMessage} encoded. `Uint8Array`s are views of `bytes`, the other arrays are copies.
 *
 * @throws JobError `E_IPC_SCHEMA` for anything else, before memory is taken for what it claims to hold.
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  checkBounds(bytes)
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new JobError('E_IPC_SCHEMA', `a message is not readable: ${messageOf(error)}`, { cause: error })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function isPlain(value: unknown): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return true
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Objects of another realm (a test's sandbox, a frame) have a prototype of their own that is a root as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

// Little-endian on every machine: the wire may join two kinds of them.

function bytesOfFloats(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.byteLength))
  for (let at = 0; at < values.length; at += 1) view.setFloat64(at * 8, values[at]!, true)
  return new Uint8Array(view.buffer)
}

function floatsOfBytes(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(bytes.byteLength / 8)
  for (let at = 0; at < values.length; at += 1) values[at] = view.getFloat64(at * 8, true)
  return values
}

function bytesOfWords(values: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.byteLength))
  for (let at = 0; at < values.length; at += 1) view.setUint32(at * 4, values[at]!, true)
  return new Uint8Array(view.buffer)
}

function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Uint32Array(bytes.byteLength / 4)
  for (let at = 0; at < values.length; at += 1) values[at] = view.getUint32(at * 4, true)
  return values
}
