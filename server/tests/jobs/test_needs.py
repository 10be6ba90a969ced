"""What people say they need, over all the reasons of the demo: the right one is among the first.

The sentences were written before the words by which they are found.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import cordee.jobs.demo
from cordee.directory.search import Entry, find

FIRST = 3
DEMO = Path(cordee.jobs.demo.__path__[0])
NEEDS = (
    ("je viens d’avoir un bébé", "allocations", "Naissance et garde d’enfant"),
    ("plus de boulot", "emploi", "Inscription"),
    ("j’ai perdu mon travail", "emploi", "Inscription"),
    ("carte grise", "prefecture", "Certificat d’immatriculation"),
    ("j’ai acheté une voiture d’occasion", "prefecture", "Certificat d’immatriculation"),
    ("ma mère perd la tête", "departement", "Autonomie à domicile"),
    ("mon père ne peut plus rester seul chez lui", "departement", "Autonomie à domicile"),
    ("mettre maman en maison de retraite", "departement", "Aide sociale à l’hébergement"),
    ("impots trop eleves", "impots", "Payer ou étaler"),
    ("je ne peux pas payer mes impôts", "impots", "Payer ou étaler"),
    ("remplir ma déclaration", "impots", "Déclaration de revenus"),
    ("je suis enceinte", "departement", "Protection maternelle"),
    ("mon mari est mort", "retraite", "Pension de réversion"),
    ("je me sépare de ma femme", "allocations", "Séparation"),
    ("mon ex ne paie pas la pension", "allocations", "Séparation"),
    ("payer mon loyer", "allocations", "Aide au logement"),
    ("alocation logement", "allocations", "Aide au logement"),
    ("je n’ai plus d’argent pour manger", "departement", "Accompagnement social"),
    ("trop de crédits", "surendettement", "Dossier de surendettement"),
    ("les huissiers sont venus", "surendettement", "Dossier de surendettement"),
    ("interdit bancaire", "surendettement", "Fichiers d’incidents"),
    ("ma carte vitale est perdue", "sante", "Carte et droits"),
    ("je ne trouve pas de docteur", "sante", "Médecin traitant"),
    ("mutuele pas chère", "sante", "Complémentaire santé solidaire"),
    ("je suis en arrêt maladie", "sante", "Arrêt de travail"),
    ("accident du travail", "sante", "Arrêt de travail"),
    ("partir à la retraite", "retraite", "Préparer sa retraite"),
    ("ma retrete", "retraite", "Demande de retraite"),
    ("chauffage trop cher", "energie", "Chèque énergie"),
    ("facture EDF", "energie", "Facture contestée"),
    ("on va me couper l’électricité", "budget", "Factures d’énergie"),
    ("isoler ma maison", "renovation", "Isoler sa maison"),
    ("installer une douche pour ma grand-mère", "renovation", "Adapter son logement"),
    ("mon fils est autiste et l’école veut une aide", "handicap", "Scolarité d’un enfant"),
    ("je suis handicapé", "handicap", "Premier dossier"),
    ("mon voisin fait du bruit", "conciliateur", "Litige entre voisins"),
    ("mon propriétaire ne rend pas la caution", "conciliateur", "Litige de loyer"),
    ("mon mari me frappe", "victimes", "Écoute et soutien"),
    ("permi de conduire", "prefecture", "Permis de conduire"),
    ("papiers de séjour", "prefecture", "Titre de séjour"),
    ("créer mon entreprise", "metiers", "Création d’entreprise"),
    ("je veux ouvrir un restaurant", "commerce", "Ouvrir un commerce"),
    ("le loup a mangé mes brebis", "agriculture", "Eau et pastoralisme"),
    ("saison d’hiver en station", "emploi", "Travail saisonnier"),
    ("j’ai 18 ans et je ne sais pas quoi faire", "jeunes", "Premier rendez-vous"),
    ("j’ai oublié mon mot de passe", "numerique", "Ouvrir son compte en ligne"),
    ("on m’a piraté mon compte", "numerique", "Sécurité et arnaques"),
    ("pas d’internet chez moi", "numerique", "Couverture mobile et internet"),
    ("je travaille en Italie", "consulat", "Travailler de l’autre côté"),
    ("femme de ménage à déclarer", "employeurs", "Déclarer un salarié à domicile"),
    ("je cherche un hlm", "bailleur", "Demande de logement social"),
    ("il y a une fuite dans mon appartement", "bailleur", "Vie du locataire"),
    ("divorcer", "justice", "Affaires familiales"),
    ("avocat gratuit", "justice", "Aide juridictionnelle"),
    ("changer de métier", "formation", "Bilan de ses compétences"),
    ("mon patron m’a viré", "emploi", "Inscription"),
    ("urssaf", "independants", "Comprendre ses cotisations"),
    ("ancien combattant d’Algérie", "anciens", "Carte et retraite du combattant"),
    ("rsa", "allocations", "Revenu de solidarité"),
    ("prime d’activitée", "allocations", "Prime d’activité"),
    ("mon bébé va naître en mars", "allocations", "Naissance et garde d’enfant"),
    ("j’arrive pas à payer mon loyer", "allocations", "Aide au logement"),
    ("je cherche du travail", "emploi", "Inscription"),
    ("pole emploi", "emploi", "Inscription"),
    ("perdu permis", "prefecture", "Permis de conduire"),
    ("vendre ma voiture", "prefecture", "Certificat d’immatriculation"),
    ("maman a alzheimer", "departement", "Autonomie à domicile"),
    ("aide a domicile pour personne agee", "departement", "Autonomie à domicile"),
    ("taxe fonciere", "impots", "Taxe foncière et biens"),
    ("payer les impots en plusieurs fois", "impots", "Payer ou étaler"),
    ("mon conjoint est décédé", "retraite", "Pension de réversion"),
    ("combien de trimestres il me manque", "retraite", "Préparer sa retraite"),
    ("jai plus de sous", "departement", "Accompagnement social"),
    ("trop de dettes", "surendettement", "Dossier de surendettement"),
    ("la banque refuse de m’ouvrir un compte", "surendettement", "Droit au compte"),
    ("carte d’invalidité", "handicap", "Renouvellement"),
    ("place de stationnement handicapé", "handicap", "Renouvellement"),
    ("ma fille est dyslexique", "handicap", "Scolarité d’un enfant"),
    ("le garagiste a mal réparé", "conciliateur", "Litige de consommation"),
    ("le chien du voisin aboie", "conciliateur", "Litige entre voisins"),
    ("j’ai été agressée", "victimes", "Écoute et soutien"),
    ("on m’a volé mon sac", "victimes", "Suivre une plainte"),
    ("ma maison est froide", "renovation", "Isoler sa maison"),
    ("remplacer la chaudiere au fioul", "renovation", "Changer de chauffage"),
    ("embaucher une nounou", "employeurs", "Assistante maternelle"),
    ("licencier mon aide ménagère", "employeurs", "Fin de contrat"),
    ("je veux être auto entrepreneur", "metiers", "Création d’entreprise"),
    ("fermer ma boite", "independants", "Cesser son activité"),
    ("garde des enfants après divorce", "justice", "Affaires familiales"),
    ("héritage", "justice", "Consultation juridique"),
    ("le téléphone ne capte pas", "numerique", "Couverture mobile et internet"),
    ("arnaque par sms", "numerique", "Sécurité et arnaques"),
    ("impôts italie frontalier", "consulat", "Travailler de l’autre côté"),
    ("saisonnier ski logement", "emploi", "Travail saisonnier"),
    ("attestation sécu", "sante", "Carte et droits"),
    ("css", "sante", "Complémentaire santé solidaire"),
    ("pension d’invalidité", "sante", "Arrêt de travail"),
    ("mon fils cherche un patron pour apprendre", "metiers", "Apprentissage"),
    ("msa retraite", "social-agricole", "Retraite agricole"),
    ("prime pac", "agriculture", "Aides de la politique agricole"),
    ("je suis au chomage", "emploi", "Inscription"),
    ("pas assez de salaire", "allocations", "Prime d’activité"),
    ("remboursement dentiste", "sante", "Carte et droits"),
    ("lunettes trop chères", "sante", "Complémentaire santé solidaire"),
    ("ma carte grise est perdue", "prefecture", "Certificat d’immatriculation"),
    ("ma grand-mère est tombée", "departement", "Autonomie à domicile"),
    ("apa", "departement", "Autonomie à domicile"),
    ("aah", "handicap", "Premier dossier"),
    ("apl etudiant", "allocations", "Aide au logement"),
    ("faire une vae", "formation", "Valider son expérience"),
    ("mon cpf", "formation", "Financer une formation"),
    ("le proprio veut augmenter le loyer", "conciliateur", "Litige de loyer"),
    ("moisissures dans le logement", "logement", "Louer : droits et devoirs"),
    ("acheter mon premier appartement", "logement", "Acheter"),
    ("facture d’électricité trop élevée", "energie", "Facture contestée"),
    ("créer une association de randonnée", "prefecture", "Associations"),
    ("mon mari me tape dessus", "victimes", "Écoute et soutien"),
    ("retraite agriculteur", "social-agricole", "Retraite agricole"),
)


def _table(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


PARTNERS = {row["identifiant"]: row["nom"] for row in _table("partners.csv")}
REASONS = _table("reasons.csv")
ENTRIES = [
    Entry(key, row["motif"], row["mots"], PARTNERS[row["administration"]])
    for key, row in enumerate(REASONS)
]


@pytest.mark.parametrize(("said", "partner", "label"), NEEDS)
def test_need_finds_its_reason_among_the_first(said: str, partner: str, label: str) -> None:
    found = [REASONS[key] for key in find(said, ENTRIES)[:FIRST]]
    assert (partner, label) in [(row["administration"], row["motif"]) for row in found]
