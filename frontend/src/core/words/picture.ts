/** The words of the page shown as a picture, in place of its copy. */

export const fr = {
  picture: "Image de la page",
  pictureKeys: "Clavier de l’image de la page. F6 pour en sortir.",
  pictureComes: "L’image arrive…",
  pictureCovered: "Image cachée\u00a0: un champ secret est rempli.",
  pictureCoveredHint:
    "Elle revient une fois le champ vide, ou la page suivante ouverte. F9\u00a0: la copie de la page, sans le secret.",
  pictureWhy: {
    unfaithful: "La copie de la page ne suit pas\u00a0: voici son image. F9 pour revenir.",
    failed: "L’image de la page ne vient pas\u00a0: voici sa copie.",
  } as Readonly<Record<string, string>>,
};

export const en: typeof fr = {
  picture: "Picture of the page",
  pictureKeys: "Keyboard of the page’s picture. F6 leaves it.",
  pictureComes: "The picture is coming…",
  pictureCovered: "Picture hidden: a secret field is filled.",
  pictureCoveredHint:
    "It comes back once the field is empty, or the next page is open. F9: the copy of the page, without the secret.",
  pictureWhy: {
    unfaithful: "The copy of the page does not follow: here is its picture. F9 goes back.",
    failed: "The picture of the page does not come: here is its copy.",
  },
};
