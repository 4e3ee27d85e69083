import { CRAWL_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import { withoutUserinfo } from '../../../shared/model/userinfo.ts'
import type { Lane } from '../../worker/lane.ts'

const { numbers: NUMBER, strings: STRING } = positionsOf(CRAWL_LAYOUT)
const SPACE = 32

/**
 * Writes what says which task the lane's record is of: the URL as the input has it, without user name and password, which
 * the lane itself forgets as well.
 *
 * @param mostCharacters What is stored of it; a longer one is invalid anyway.
 * @returns The URL as the input has it, trimmed.
 */
export function writeUrl(lane: Lane, mostCharacters: number): string {
  const { input, strings, numbers } = lane
  const isPadded = input.charCodeAt(0) <= SPACE || input.charCodeAt(input.length - 1) <= SPACE
  const url = isPadded ? input.trim() : input
  const bare = withoutUserinfo(url)
  if (bare !== url) lane.input = bare
  strings[STRING.url] = bare.length > mostCharacters ? bare.slice(0, mostCharacters) : bare
  numbers[NUMBER.links] = -1
  return url
}
