import { describe, expect, it } from 'vitest'

import {
  completedHeaders,
  missingHeaders,
  secretHeaders,
  withheldHeaders,
} from '../../../../shared/model/header-secrets.ts'

const LINES = ['Accept-Language: de', 'Authorization: Bearer a:b', 'X-Api-Key:k', 'cookie: 1', 'Cookie: 2']
const KEPT = ['Accept-Language: de', 'Authorization: …', 'X-Api-Key: …', 'cookie: …', 'Cookie: …']

describe('headers whose values are kept nowhere', () => {
  it('keep their names and their places', () => {
    expect(withheldHeaders(LINES)).toEqual(KEPT)
    expect(withheldHeaders(KEPT)).toEqual(KEPT)
    expect(missingHeaders(KEPT)).toEqual(['authorization', 'x-api-key', 'cookie', 'cookie'])
    expect(missingHeaders(LINES)).toEqual([])
  })

  it('are complete again with the values that were taken out', () => {
    expect(completedHeaders(KEPT, secretHeaders(LINES))).toEqual(LINES)
    expect(completedHeaders(LINES, [])).toEqual(LINES)
  })

  it('take values in any order of names, and those of one name in theirs', () => {
    const given = ['COOKIE: 3', 'x-api-key: other', 'cookie:4', 'authorization: new']
    expect(completedHeaders(KEPT, given)).toEqual([
      'Accept-Language: de',
      'authorization: new',
      'x-api-key: other',
      'COOKIE: 3',
      'cookie:4',
    ])
  })

  it('are asked for by their names, and no value is told of', () => {
    const needed = expect.objectContaining({
      code: 'E_AUTH',
      message:
        'values of headers are kept nowhere; give those of authorization, cookie again with --header, --header-file or INTERLEAVE_HEADERS',
    }) as Error
    expect(() => completedHeaders(KEPT, ['X-Api-Key: k', 'Authorization: …'])).toThrow(needed)
    const surplus = expect.objectContaining({
      code: 'E_CONFIG',
      message: 'the job has no header "x-other" whose value it still needs',
    }) as Error
    expect(() => completedHeaders(KEPT, [...secretHeaders(LINES), 'X-Other: secret'])).toThrow(surplus)
  })
})
