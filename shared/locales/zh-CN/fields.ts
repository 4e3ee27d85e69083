import type { fields as source } from '../en/fields.ts'
import type { Translated } from '../translate.ts'

export const fields: Translated<typeof source> = {
  'field.model': '并发模型',
  'field.processes': '工作进程数；不填：processes 与 hybrid 取 CPU 配额，其余为 1',
  'field.threads': '每个进程的工作线程数；不填：threads 取 CPU 配额，hybrid 为 2，其余为 1',
  'field.inFlight': '每个事件循环的信号量许可数；不填：crawl 为 64，cpu 与 sequential 为 1',
  'field.partition': '分区方式：按需领取、连续区间，或每隔 n 条取一条，此时每个工作者都读全部输入',
  'field.order': '结果顺序：按完成先后，或按输入顺序',

  'field.column': '.csv 或 .tsv 列表中存放 URL 的列，写列名或从 1 开始的序号',
  'field.field': '.jsonl 每条记录中存放 URL 的成员',
  'field.unique': '每个 URL 只抓取一次，重复的跳过',
  'field.spool': '保留标准输入的副本，使运行可以续跑',
  'field.method': '请求方法',
  'field.headers': '请求头 "Name: value"，可重复给出',
  'field.userAgent': 'User-Agent 请求头的值',
  'field.okStatus': '视为成功的状态码，例如 200-399,404',
  'field.timeoutMs': '一次尝试的最长时间，含重定向和正文；重试时重新计时',
  'field.retries': '首次之后的尝试次数，只针对可能自行恢复的错误',
  'field.maxBodyBytes': '读取正文的上限，按网络上传输的字节计',
  'field.perHost': '对同一主机同时进行的请求上限；不填：公网主机为 2，私有地址不限',
  'field.ratePerSec': '整个运行每秒的请求上限，含重试和重定向',
  'field.delayMs': '对同一主机两次请求之间的间隔',
  'field.robots': '遵守 robots.txt；不填：仅在跟随链接或站点地图时遵守',
  'field.extract': '从每个页面提取的内容',
  'field.privateNetwork': '允许重定向到私有地址',
  'field.insecure': '接受无效证书',

  'field.kernel': '每个任务计算什么',
  'field.tasks': '任务数',
  'field.size': '每个任务的计算量，以内核自己的单位计；不填：约 5 毫秒',
  'field.ioRatio': '每个任务中用于等待而非计算的时间比例',

  'group.parallelism': '并发',
  'group.request': '请求',
  'group.limits': '限额',
  'group.politeness': '礼貌与权限',
  'group.extract': '提取',
  'group.work': '工作内容',
  'group.result': '结果判定',
}
