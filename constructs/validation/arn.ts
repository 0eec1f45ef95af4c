/** Whether what an ARN names is in a region; a bare id or alias is, wherever it is used. */
export function isInRegion(arn: string, region: string): boolean {
  return !arn.startsWith("arn:") || arn.split(":")[3] === region;
}
