"""Twenty-five communes of Hautes-Alpes, each with an invented reception place.

Communes and codes: Insee, Code officiel géographique (Licence Ouverte 2.0). Positions and altitudes
are rough: the village, to about a kilometre and fifty metres. Populations are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPlace:
    """A commune and its place; `days` are the weekdays on which it is open (Monday 0)."""

    insee_code: str
    commune: str
    latitude: float
    longitude: float
    altitude_m: int
    population: int
    name: str
    days: tuple[int, ...]
    kiosks: int = 1


PLACES = (
    DemoPlace("05061", "Gap", 44.559, 6.079, 735, 41000, "Espace des services", (0, 1, 2, 3, 4), 2),
    DemoPlace(
        "05023", "Briançon", 44.897, 6.635, 1320, 11000, "Maison des services", (0, 1, 3, 4), 2
    ),
    DemoPlace("05046", "Embrun", 44.564, 6.496, 870, 6400, "Médiathèque d’Embrun", (0, 1, 3), 2),
    DemoPlace(
        "05065", "Guillestre", 44.660, 6.650, 1000, 2300, "Maison de la vallée", (1, 3, 4), 2
    ),
    DemoPlace(
        "05070", "Laragne-Montéglin", 44.316, 5.822, 570, 3500, "Espace des services", (1, 3)
    ),
    DemoPlace("05179", "Veynes", 44.534, 5.824, 815, 3200, "Médiathèque de Veynes", (0, 2, 4)),
    DemoPlace("05040", "Chorges", 44.548, 6.277, 855, 3100, "Mairie de Chorges", (1, 4)),
    DemoPlace("05017", "La Bâtie-Neuve", 44.567, 6.199, 850, 2600, "Mairie annexe", (2, 4)),
    DemoPlace("05170", "Tallard", 44.461, 6.054, 600, 2300, "Maison de Tallard", (0, 3)),
    DemoPlace(
        "05006", "L’Argentière-la-Bessée", 44.793, 6.558, 975, 2300, "Maison des services", (1, 3)
    ),
    DemoPlace(
        "05132",
        "Saint-Bonnet-en-Champsaur",
        44.681,
        6.079,
        1020,
        2100,
        "Maison du Champsaur",
        (0, 3),
    ),
    DemoPlace("05123", "La Roche-des-Arnauds", 44.563, 5.957, 940, 1700, "Mairie", (2, 4)),
    DemoPlace("05166", "Serres", 44.429, 5.714, 665, 1300, "Maison du Buëch", (1, 4)),
    DemoPlace("05118", "Val Buëch-Méouge", 44.229, 5.859, 510, 1350, "Mairie de Ribiers", (0, 3)),
    DemoPlace("05101", "Vallouise-Pelvoux", 44.846, 6.489, 1170, 1150, "Maison du parc", (1, 4)),
    DemoPlace("05164", "Savines-le-Lac", 44.525, 6.404, 790, 1100, "Mairie du lac", (0, 2)),
    DemoPlace("05139", "Dévoluy", 44.693, 5.934, 1280, 930, "Maison du Dévoluy", (2, 4)),
    DemoPlace("05079", "Le Monêtier-les-Bains", 44.977, 6.508, 1480, 920, "Mairie", (1, 3)),
    DemoPlace("05010", "Aspres-sur-Buëch", 44.522, 5.751, 765, 830, "Maison du Haut-Buëch", (0, 3)),
    DemoPlace("05096", "Orcières", 44.690, 6.325, 1440, 650, "Maison de la montagne", (1, 4)),
    DemoPlace("05126", "Rosans", 44.391, 5.470, 700, 510, "Maison du Rosanais", (2, 4)),
    DemoPlace("05063", "La Grave", 45.046, 6.306, 1480, 480, "Mairie de la Meije", (1, 3)),
    DemoPlace("05142", "Saint-Firmin", 44.777, 6.029, 930, 470, "Maison du Valgaudemar", (0, 2)),
    DemoPlace("05001", "Abriès-Ristolas", 44.794, 6.928, 1550, 370, "Mairie d’Abriès", (2, 4)),
    DemoPlace("05003", "Aiguilles", 44.780, 6.872, 1450, 370, "Mairie d’Aiguilles", (1, 3)),
)
