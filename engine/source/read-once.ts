import { JobError } from '../../shared/model/error.ts'
import { STDIN_NAME } from './read-stdin.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import { formOf } from './recognise.ts'
import type { RecordSink } from './source.ts'
import {
  replaySpool,
  spoolFile,
  spooledFrames,
  surveyByteSpool,
  surveySpool,
  type SpoolCopy,
  type SpoolSurvey,
} from './spool.ts'
import { SpoolFile, SpoolWriter } from './spool-writer.ts'

const NAME_CHARACTERS = 100

/**
 * Looks at a resume, before anything is read, whether the records of inputs that can be read only once are still known.
 * A sitemap of which nothing was copied was never handed on, so it may be fetched again; standard input is gone.
 *
 * @throws JobError `E_NOT_RESUMABLE` when some are lost.
 */
export function refuseLostInputs(setup: ReaderSetup): void {
  const { inputs, fingerprints, spoolPath, spoolsStandardInput } = setup
  if (fingerprints === null) return
  for (const [at, input] of inputs.entries()) {
    const form = formOf(input)
    if (form === 'url') continue
    if (form === 'stdin' && !spoolsStandardInput) throw lost('standard input is read once and was not copied')
    const { survey, copied } = surveyOf(spoolFile(spoolPath, at), setup)
    if (survey?.isWhole === true || (form !== 'stdin' && copied === null)) continue
    const name = form === 'stdin' ? STDIN_NAME : input.slice(0, NAME_CHARACTERS)
    throw lost(
      `the run was interrupted while ${name} was copied (${copied ?? 'nothing was'}), so the rest of it is unknown`,
    )
  }
}

/** @returns What a copy holds, and how much of its input that is in words; `null` for nothing. */
function surveyOf(
  file: string,
  { load }: ReaderSetup,
): { readonly survey: SpoolSurvey | null; readonly copied: string | null } {
  if (load) {
    const survey = surveyByteSpool(file)
    return { survey, copied: survey === null ? null : `${survey.bytes} bytes were` }
  }
  const survey = surveySpool(file)
  const records = survey?.records ?? 0
  const words = records === 1 ? '1 record was' : `${records} records were`
  return { survey, copied: records === 0 ? null : words }
}

/** @returns The copy of input number `at` that an earlier start made; `null` when the input is to be read. */
export function wholeCopyOf(at: number, setup: ReaderSetup): SpoolCopy | null {
  const { fingerprints, spoolPath } = setup
  const survey = fingerprints === null ? null : surveyOf(spoolFile(spoolPath, at), setup).survey
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
  const fill = (isOver: AbortSignal): Promise<void> => {
    isOver.addEventListener('abort', () => copy.stop(), { once: true })
    return parse(copy, isOver)
  }
  await whileCopying(copy, fill, () => replaySpool(copy, sink), signal)
}

/**
 * Copies bytes as fast as they come, while `take` reads them from the copy at its own pace.
 *
 * @param read Hands every chunk to `write`. Once its signal is aborted it must end soon.
 * @throws what `read` threw, after the bytes before were handed on.
 */
export async function readBytesThroughCopy(
  file: string,
  read: (write: (chunk: Buffer) => void, signal: AbortSignal) => Promise<void>,
  {
    take,
    signal,
  }: { readonly take: (bytes: AsyncIterable<Buffer>) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  const copy = new SpoolFile(file)
  const write = (chunk: Buffer): void => {
    copy.write(chunk)
    if (copy.error !== null) throw copy.error
  }
  await whileCopying(
    copy,
    isOver => read(write, isOver),
    () => take(spooledFrames(copy)),
    signal,
  )
}

async function whileCopying(
  copy: SpoolFile,
  fill: (isOver: AbortSignal) => Promise<void>,
  drain: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const copying = fill(AbortSignal.any([signal, over.signal]))
    .then(() => copy.end())
    .catch((error: Error) => copy.break(error))
  try {
    await drain()
  } finally {
    over.abort()
    await copying
    copy.close()
  }
}
