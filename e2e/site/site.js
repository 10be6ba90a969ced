// What real forms do to what is typed: masks, a field filled from another, a box ticked alone.
const communes = {
  "05000": "Gap",
  "05120": "L’Argentière-la-Bessée",
  "05300": "Laragne-Montéglin",
  "05400": "Veynes",
  "05470": "Aiguilles",
  "05600": "Guillestre",
};

const byId = (id) => document.getElementById(id);

function mask(field, limit, group) {
  field?.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "").slice(0, limit);
    const shown = group(digits);
    if (shown !== field.value) {
      field.value = shown;
    }
  });
}

mask(byId("telephone"), 10, (digits) => digits.replace(/(\d\d)(?=\d)/g, "$1 "));
mask(byId("numero"), 13, (digits) => {
  const sizes = [1, 2, 2, 2, 3, 3];
  const parts = [];
  let at = 0;
  for (const size of sizes) {
    if (at < digits.length) {
      parts.push(digits.slice(at, at + size));
    }
    at += size;
  }
  return parts.join(" ");
});

byId("code_postal")?.addEventListener("input", (event) => {
  const commune = communes[event.target.value];
  if (commune) {
    byId("commune").value = commune;
  }
});

const notice = byId("avis");
if (notice && document.forms[0].dataset.courriel === "oui") {
  notice.checked = true;
}
