/**
 * `metadata.managedFields` of an object that one manager wrote at one time.
 * @param time RFC 3339, in whole seconds
 * @param fields which of them it wrote, as `fieldsV1` tells them
 */
export function managedFields(
  manager: string,
  apiVersion: string,
  time: string,
  fields: Readonly<Record<string, object>>,
): readonly object[] {
  return [{ manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: fields }];
}
