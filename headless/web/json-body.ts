import type { IncomingMessage } from 'node:http'

import { refusal, type Refusal } from './refusal.ts'

/** What a request's body turned out to be. */
export type Body = { readonly value: unknown } | { readonly refused: Refusal }

const NOT_JSON = refusal(
  415,
  'E_CONFIG',
  'a request is sent as application/json, neither encoded nor compressed',
)
const TOO_LONG = refusal(413, 'E_LIMIT', 'the body of the request is too long')
const UNREADABLE = refusal(400, 'E_CONFIG', 'the body of the request is no JSON')

/**
 * Reads a JSON document. Its type is demanded exactly, because a page elsewhere can send plain text or a form
 * without asking; nothing is decompressed.
 *
 * @param mostBytes Reading ends there.
 */
export async function readJson(request: IncomingMessage, mostBytes: number): Promise<Body> {
  const { headers } = request
  const isJson = /^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '')
  if (!isJson || headers['content-encoding'] !== undefined) return { refused: NOT_JSON }
  if (Number(headers['content-length'] ?? 0) > mostBytes) return { refused: TOO_LONG }
  const parts: Buffer[] = []
  let bytes = 0
  try {
    // Leaving the loop must not destroy the connection: the refusal still has to be written.
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += part.byteLength
      if (bytes > mostBytes) return { refused: TOO_LONG }
      parts.push(part)
    }
    return { value: JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown }
  } catch {
    return { refused: UNREADABLE }
  }
}
