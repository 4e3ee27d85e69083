import type { Translated } from '../translate.ts'
import type { compare as source } from '../en/compare.ts'

export const compare: Translated<typeof source> = {
  'command.compare': '实测比较各种并发模型',
  'command.compare.crawl': '用抓取 URL 来比较各模型',
  'command.compare.load': '用装载记录来比较各模型',
  'command.compare.cpu': '用计算任务来比较各模型',
  'option.models': '模型，或 loop:1x1x50 这样的配置（进程数、每进程线程数、在途任务数），用逗号隔开',
  'option.sweep': '沿用任务的模型，把一个数逐步翻倍：in-flight=1..256、threads=1..4、processes=1..4',
  'option.repeats': '每个配置正式测几次',
  'option.warmup': '每个配置先预热几次，不计入结果',
  'option.seed': '决定每个区组内的次序和重抽样；不填则每次不同',
  'example.compare.saved': '用三种模型跑同一个已保存的任务',
  'example.compare.crawl': '该用线程，还是一个事件循环？许可给多少？',
  'example.compare.load': '装载需要几个进程？',
  'example.compare.cpu': '线程和进程对 CPU 密集型任务有多大帮助？',
  'compare.nothing': '没有可比较的：用 --models sequential,loop,threads 列出模型，或用 --sweep。',
  'compare.twice': '{name} 写了两次。',
  'compare.tooMany': '共有 {count} 个配置，超过上限 {limit}。',
  'compare.progress': '正在比较 {points} 个配置：已完成 {done} / {planned} 次',
  'compare.point': '模型',
  'compare.range': '范围',
  'compare.against': '相对 {best} [95 %]',
  'compare.memory': '内存',
  'compare.start': '启动',
}
