import { readFileSync } from 'node:fs'
import { request } from 'node:http'

import { JobError } from '../../shared/model/error.ts'
import type { Access } from '../../shared/contract/contract.ts'
import type { ServingNotice } from '../../engine/host/serving-place.ts'
import { linkOf } from './web-host.ts'

const ANSWER_MS = 5_000
const MOST_CHARACTERS = 10_000

/**
 * Asks the host of this user for another address that signs a browser in.
 *
 * @throws JobError `E_CONNECT` when it does not answer within 5 s, or otherwise than a host does.
 */
export async function askForLink({ port, tokenFile }: ServingNotice, access: Access): Promise<string> {
  let text: string
  try {
    text = await post(port, readFileSync(tokenFile, 'utf8').trim(), JSON.stringify({ access }))
  } catch (cause) {
    throw new JobError('E_CONNECT', `the dashboard on port ${port} does not answer`, { cause })
  }
  const code = /"code":"([\w-]{43})"/.exec(text)?.[1]
  if (code === undefined) throw new JobError('E_CONNECT', `the dashboard on port ${port} gave no code`)
  return linkOf(`http://127.0.0.1:${port}/`, code)
}

function post(port: number, token: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/api/codes',
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        signal: AbortSignal.timeout(ANSWER_MS),
        agent: false,
      },
      answer => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => (text = (text + part).slice(0, MOST_CHARACTERS)))
        answer.on('end', () => resolve(text))
        answer.on('error', reject)
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}
