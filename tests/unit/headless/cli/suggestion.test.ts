import { describe, expect, it } from 'vitest'

import { suggestionFor } from '../../../../headless/cli/suggestion.ts'

const NAMES = ['crawl', 'cpu', 'run', 'runs', 'resume', 'demo', 'doctor']

describe('suggestionFor', () => {
  it.each([
    ['crawl', 'crawl'],
    ['carwl', 'crawl'],
    ['crowl', 'crawl'],
    ['rezume', 'resume'],
    ['doc', 'doctor'],
    ['docter', 'doctor'],
    ['zzzzzz', null],
    ['', null],
  ])('finds for "%s" the name %s', (given, name) => {
    expect(suggestionFor(given, NAMES)).toBe(name)
  })
})
