import { JobError } from '../../shared/model/error.ts'
import { INPUT_SAMPLES, type InputReport } from '../../shared/model/input-report.ts'
import { JOB_FILE_BYTES, parseJobText } from '../../shared/model/job-file.ts'
import { readHead } from '../source/file-bytes.ts'
import type { OpenedFile } from '../source/open-file.ts'
import { reportOf, sampleText } from './report.ts'

/** @throws JobError `E_CONFIG` with the JSON path of what is wrong in it. */
export async function inspectJob(path: string, file: OpenedFile): Promise<InputReport> {
  const { size } = file.stats
  if (size > JOB_FILE_BYTES)
    throw new JobError('E_CONFIG', `${path} has ${size} bytes, a job file at most ${JOB_FILE_BYTES}`)
  const job = parseJobText((await readHead(file, JOB_FILE_BYTES)).toString('utf8'))
  const inputs = job.kind === 'cpu' ? [] : job.inputs
  return reportOf(path, {
    is: 'job',
    suits: [job.kind],
    format: 'json',
    encoding: 'utf-8',
    evidence: `a saved job: ${job.kind}, ${job.parallelism.model}`,
    bytes: size,
    first: inputs.slice(0, INPUT_SAMPLES).map(sampleText),
  })
}
