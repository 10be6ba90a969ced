/**
 * File fields of the replay: a script may not set their value, but may hand them empty files of
 * the same names, so that the browser writes the names where the kiosk's does.
 */

/** Shows these names (joined by commas), or a path of which only the last part is a name. */
export function showFiles(field: HTMLInputElement, names: string): void {
  const wanted = names === "" ? [] : names.split(", ").map((each) => each.replace(/^.*\\/, ""));
  const shown = Array.from(field.files ?? [], ({ name }) => name);
  if (wanted.join() === shown.join()) return;
  const made = new DataTransfer();
  for (const name of wanted) made.items.add(new File([], name));
  field.files = made.files;
}
