import { parseTarget } from '../../shared/model/load-target.ts'

export interface NamedPath {
  readonly what: 'read' | 'write'
  readonly path: string
}

/** How deep the input of a command goes; it was checked against its schema before. */
const MOST_DEPTH = 8

/**
 * Finds every path in the input of a command by what the contract calls such things: `inputs` and `path` are read, `out`,
 * `rejects` and a destination in `to` are written. A command that is added later is covered when it uses the same words.
 */
export function namedPaths(input: unknown, depth = 0): readonly NamedPath[] {
  if (typeof input !== 'object' || input === null || input instanceof Uint8Array || depth > MOST_DEPTH)
    return []
  if (Array.isArray(input)) return input.flatMap(part => namedPaths(part, depth + 1))
  return Object.entries(input).flatMap(([key, value]) => [
    ...pathsAt(key, value),
    ...namedPaths(value, depth + 1),
  ])
}

function pathsAt(key: string, value: unknown): readonly NamedPath[] {
  const texts = (Array.isArray(value) ? value : [value]).filter(text => typeof text === 'string')
  switch (key) {
    case 'inputs':
    case 'path':
      return texts.filter(isPath).map(path => ({ what: 'read', path }))
    case 'out':
    case 'rejects':
      return texts.map(path => ({ what: 'write', path }))
    case 'to':
      return texts.flatMap(fileOfTarget)
    default:
      return []
  }
}

/** Everything that is no address on the web is taken for a path: what `file:` and others mean is for nobody to guess. */
const isPath = (input: string): boolean => !/^https?:\/\//i.test(input)

function fileOfTarget(to: string): readonly NamedPath[] {
  const { target } = parseTarget(to)
  return target.kind === 'sqlite' || target.kind === 'jsonl' ? [{ what: 'write', path: target.path }] : []
}
