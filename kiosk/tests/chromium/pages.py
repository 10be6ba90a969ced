"""The test site's pages."""

FORM = """<!doctype html><html lang="fr"><head><title>Demande d’aide</title>
<style>body { background: rgb(255, 240, 200); margin: 0; } form { padding: 20px; }</style></head>
<body><h1 id="titre">Demande</h1>
<form action="/recu" method="post" accept-charset="utf-8">
<input id="nom" name="nom">
<input id="numero" name="numero">
<textarea id="motif" name="motif"></textarea>
<select id="commune" name="commune"><option value="">–</option>
<option value="05065">Guillestre</option><option value="05003">Aiguilles</option></select>
<input id="naissance" name="naissance" type="date">
<label><input id="accord" name="accord" type="checkbox"> J’accepte</label>
<input id="oui" name="choix" type="radio" value="oui"><input id="non" name="choix" type="radio">
<input id="code" name="code" type="password">
<button id="envoyer">Envoyer</button></form>
<a id="suite" href="/suite">La suite</a>
<div style="height: 2000px"></div><a id="bas" href="/suite">En bas</a></body></html>"""

SCRIPTED = """<!doctype html><html lang="fr"><head><title>Rempli par le site</title></head><body>
<input id="prerempli"><input id="masque"><input id="coche" type="checkbox">
<select id="liste"><option value="a">A</option><option value="b">B</option></select>
<textarea id="texte"></textarea><input id="secret" type="password">
<style id="regles"></style><div id="hote"></div>
<button id="agir">Agir</button><button id="montrer">Montrer</button>
<button id="deux">Deux</button><input id="clics">
<script>
const at = (id) => document.getElementById(id);
for (const kind of ["click", "dblclick"]) {
  at("deux").addEventListener(kind, () => { at("clics").value += kind + " "; });
}
at("masque").addEventListener("input", () => {
  const digits = at("masque").value.replace(/\\D/g, "");
  at("masque").value = digits.replace(/(..)(?=.)/g, "$1 ");
});
at("agir").addEventListener("click", () => {
  at("prerempli").value = "Élise D’Œuf";
  at("coche").checked = true;
  at("liste").selectedIndex = 1;
  at("texte").value = "deux\\nlignes";
  at("regles").sheet.insertRule("#agir { color: rgb(1, 2, 3); }");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("#agir { outline: 7px solid red; }");
  document.adoptedStyleSheets = [sheet];
  const root = at("hote").attachShadow({ mode: "open" });
  root.innerHTML = "<input id='dedans'>";
  root.getElementById("dedans").value = "à l’ombre";
});
at("montrer").addEventListener("click", () => {
  at("secret").type = "text";
  at("secret").dispatchEvent(new Event("input", { bubbles: true }));
});
at("secret").value = "canari-mot-de-passe";
</script></body></html>"""

PAGES = {
    "/": FORM,
    "/suite": "<!doctype html><title>La suite</title><p id='suite'>Suite</p>",
    "/recu": "<!doctype html><title>Reçu</title><p id='recu'>Bien reçu</p>",
    "/script": SCRIPTED,
    "/loop": """<!doctype html><title>Boucle</title><button id="boucle">Boucler</button>
<script>document.getElementById("boucle").onclick = () => { for (;;) {} };</script>""",
    "/alert": """<!doctype html><title>Avis</title><button id="avis">Avis</button><p id="dit"></p>
<script>document.getElementById("avis").onclick = () => {
  alert("Bonjour"); document.getElementById("dit").id = confirm("Sûr ?") ? "accepte" : "refuse";
};</script>""",
}

OTHER_PAGES = {"/": "<!doctype html><title>Ailleurs</title><p id='ailleurs'>Ailleurs</p>"}
