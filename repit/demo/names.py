"""Names for people who do not exist. Amina, Bruno and Chloé come first, as in the tests."""

FIRST_NAMES = (
    "Amina", "Bruno", "Chloé", "Nadia", "Karim", "Sophie", "Julien", "Fatou", "Mathieu", "Leïla",
    "Élodie", "Mehdi", "Céline", "Thomas", "Aïcha", "Laura", "David", "Samira", "Pauline",
    "Ibrahim", "Manon", "Nicolas", "Yasmine", "Émilie", "Olivier", "Khadija", "Caroline",
    "Alexandre", "Zahra", "Justine", "Romain", "Mariam", "Sandrine", "Vincent", "Inès", "Audrey",
    "Rachid", "Hélène", "Cédric", "Naïma", "Lucie", "Guillaume", "Assia", "Virginie", "Fabrice",
)  # fmt: skip

LAST_NAMES = (
    "Lefebvre", "Dubois", "Delattre", "Benali", "Carpentier", "Diallo", "Leroy", "Vasseur",
    "Haddad", "Dupont", "Marchand", "Traoré", "Lemaire", "Delcroix", "Bouchard", "Mercier",
    "Cissé", "Fontaine", "Caron", "Petit", "Roussel", "Hamdi", "Bailly", "Caudron", "Moreau",
    "Ndiaye", "Poulain", "Wattel", "Gosselin", "Dumont", "Sow", "Bernard", "Legrand", "Masson",
    "Barbier", "Ouali", "Lecomte", "Deschamps", "Fournier", "Prévost", "Guérin",
)  # fmt: skip

CHILDREN = (
    "Léa", "Adam", "Jade", "Gabriel", "Lina", "Noé", "Alice", "Sami", "Rose", "Malo", "Nour",
    "Louis", "Inaya", "Hugo", "Mila", "Ilyès", "Anna", "Eliott", "Sarah", "Tom",
)  # fmt: skip

INDIVIDUALS = (
    ("Garde à domicile Roseraie", "Lens"),
    ("Le Sureau, aide à domicile", "Amiens"),
    ("Atelier Souffle", "Lille"),
    ("Bulle de calme", "Roubaix"),
    ("Nounou du soir", "Tourcoing"),
    ("Les Mains vertes, bien-être", "Valenciennes"),
)
"""Small providers beside the organisations of the call for projects; La Roseraie first."""

POSTCODES = {
    "Laon": "02000",
    "Bohain-en-Vermandois": "02110",
    "Villers-Cotterêts": "02600",
    "Valenciennes": "59300",
    "Tourcoing": "59200",
    "Avesnes-sur-Helpe": "59440",
    "Louvroil": "59720",
    "Roubaix": "59100",
    "Breteuil": "60120",
    "Grandvilliers": "60210",
    "Creil": "60100",
    "Saint-Omer": "62500",
    "Lens": "62300",
    "Aire-sur-la-Lys": "62120",
    "Avion": "62210",
    "Amiens": "80000",
    "Abbeville": "80100",
    "Rivéry": "80136",
    "Lille": "59000",
    "La Madeleine": "59110",
}
"""Postcode of each town in which a project was chosen."""

PRIORITY_AREAS = {
    "Roubaix": "QN05901M",
    "Lens": "QN06201M",
    "Amiens": "QN08001M",
    "Creil": "QN06001M",
    "Valenciennes": "QN05902M",
}
"""Made-up codes of the right shape: one neighbourhood in some of the towns."""
