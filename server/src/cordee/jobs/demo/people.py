"""Invented people: first names for citizens, names for agents."""

from __future__ import annotations

_FIRST_NAMES = """
Adèle Aimé Alice Alphonse Amina Anaïs André Antoine Augustine Aurore Baptiste Béatrice Benoît
Blanche Bruno Camille Carmen Cécile Célestin Chantal Chloé Clara Clément Colette Damien Daniel
Denise Dimitri Édith Élodie Émile Emma Enzo Estelle Étienne Eugénie Fanny Fatima Félix Flora
Francine Gaspard Germaine Ghislaine Giulia Hadrien Hélène Henri Hugo Ilyes Inès Irène Jacques
Jeanne Joël Joséphine Jules Karim Laure Léon Léonie Louis Lucie Madeleine Manon Marcel Marius
Mathilde Mehdi Mireille Nadia Nathan Noémie Odette Olga Pascal Paulette Rémi Renée Rosalie
Sabine Samir Simone Solange Sylvain Théo Thérèse Valentin Victoire Yves Yvonne Zoé
"""
_NAMES = """
Allard Amat Arnaud Aubert Barthélemy Bellon Bérard Blanc Bonnet Borel Brun Chaix Chauvet Clément
Colomb Davin Disdier Escallier Espitalier Faure Garcin Gauthier Giraud Gras Guérin Guibert
Imbert Jourdan Lagier Lombard Marchand Martin Masse Meyer Michel Moulin Nicolas Orcier Pascal
Pellegrin Philip Queyras Rambaud Reynaud Richard Robert Roche Rolland Roux Silve Taix Turin
Vallier Vial Villard
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
NAMES = tuple(_NAMES.split())
