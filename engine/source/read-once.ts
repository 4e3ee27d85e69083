import { JobError } from '../../shared/model/error.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import { formOf } from './recognise.ts'
import type { RecordSink } from './source.ts'
import { replaySpool, spoolFile, surveySpool, type SpoolCopy } from './spool.ts'
import { SpoolWriter } from './spool-writer.ts'

export const STDIN_NAME = 'standard input'

const NAME_CHARACTERS = 100

/**
 * Looks at a resume, before anything is read, whether the records of inputs that can be read only once are still known.
 * A sitemap of which nothing was copied was never handed on, so it may be fetched again; standard input is gone.
 *
 * @throws JobError `E_NOT_RESUMABLE` when some are lost.
 */
export function refuseLostInputs({
  inputs,
  fingerprints,
  spoolPath,
  spoolsStandardInput,
}: ReaderSetup): void {
  if (fingerprints === null) return
  for (const [at, input] of inputs.entries()) {
    const form = formOf(input)
    if (form === 'url') continue
    if (form === 'stdin' && !spoolsStandardInput) throw lost('standard input is read once and was not copied')
    const survey = surveySpool(spoolFile(spoolPath, at))
    const records = survey?.records ?? 0
    if (survey?.isWhole === true || (form !== 'stdin' && records === 0)) continue
    const name = form === 'stdin' ? STDIN_NAME : input.slice(0, NAME_CHARACTERS)
    const copied = records === 1 ? '1 record was' : `${records} records were`
    throw lost(`the run was interrupted while ${name} was copied (${copied}), so the rest of it is unknown`)
  }
}

/** @returns The copy of input number `at` that an earlier start made; `null` when the input is to be read. */
export function wholeCopyOf(at: number, { fingerprints, spoolPath }: ReaderSetup): SpoolCopy | null {
  const survey = fingerprints === null ? null : surveySpool(spoolFile(spoolPath, at))
  return survey?.isWhole === true ? survey.copy : null
}

const lost = (what: string): JobError =>
  new JobError('E_NOT_RESUMABLE', `${what}: start the job anew; \`runs export\` has what was done`)

/**
 * Parses an input into a copy as fast as it comes, while `sink` takes the records from the copy at its own pace.
 *
 * @param parse Hands over every record. Once its signal is aborted it must end soon, and the sink it was given rejects.
 * @param signal Stops both.
 * @throws what `parse` threw, after the records before were handed on.
 */
export async function readThroughCopy(
  file: string,
  parse: (sink: RecordSink, signal: AbortSignal) => Promise<void>,
  { sink, signal }: { readonly sink: RecordSink; readonly signal: AbortSignal },
): Promise<void> {
  const copy = new SpoolWriter(file)
  const over = new AbortController()
  const isOver = AbortSignal.any([signal, over.signal])
  isOver.addEventListener('abort', () => copy.stop(), { once: true })
  const copying = parse(copy, isOver)
    .then(() => copy.end())
    .catch((error: Error) => copy.break(error))
  try {
    await replaySpool(copy, sink)
  } finally {
    over.abort()
    await copying
    copy.close()
  }
}
