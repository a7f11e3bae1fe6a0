"""Refusals of parents' files and of their imports, in words."""

from flask_babel import lazy_gettext as _

WORDS = {
    "parent_number_taken": (
        _("Le numéro %(number)s est déjà celui d’une autre fiche."),
        _("Écrivez un autre numéro, ou laissez vide : un numéro sera donné."),
    ),
    "parent_email_taken": (
        _("Cette adresse est déjà celle de la fiche %(number)s."),
        _("Chaque parent a sa propre adresse : chacun verrait sinon les chèques de l’autre."),
    ),
    "parent_looks_like_another": (
        _("Une fiche ressemble à celle-ci : %(numbers)s."),
        _("Ouvrez-la, ou cochez « Créer quand même »."),
    ),
    "already_in_that_household": (
        _("Ce parent vit déjà dans ce foyer."),
        _("Choisissez un autre foyer."),
    ),
    "child_has_two_homes": (
        _("Un enfant vit dans deux foyers au plus."),
        _("Retirez-le d’abord de l’un des deux."),
    ),
    "child_lives_there": (
        _("Cet enfant vit déjà dans ce foyer."),
        _("Choisissez un autre foyer."),
    ),
    "child_born_later": (
        _("La date de naissance est dans le futur."),
        _("Vérifiez l’année."),
    ),
    "child_grown_up": (
        _("Cette date donne %(years)s ans ou plus : ce n’est plus un enfant."),
        _("Vérifiez l’année de naissance."),
    ),
    "situation_long_ago": (
        _("Aucune situation ne peut avoir commencé avant le %(earliest)s."),
        _("Vérifiez l’année."),
    ),
    "situation_already_there": (
        _("Cette situation est déjà notée pour ces dates."),
        _("Changez les dates, ou modifiez la situation qui existe."),
    ),
    "situations_contradict": (
        _("Une situation contraire est notée pour ces dates."),
        _("Terminez l’autre la veille : cochez la case prévue."),
    ),
    "situation_ends_before_it_begins": (
        _("Le dernier jour est avant le premier."),
        _("Vérifiez les deux dates."),
    ),
    "parent_already_suspended": (
        _("Ce parent est déjà suspendu."),
        _("Rechargez la page pour voir la fiche."),
    ),
    "parent_not_suspended": (
        _("Ce parent n’est pas suspendu."),
        _("Rechargez la page pour voir la fiche."),
    ),
    "import_file_empty": (
        _("Ce fichier est vide."),
        _("Vérifiez que le tableur l’a bien enregistré."),
    ),
    "import_file_too_large": (
        _("Ce fichier dépasse %(most_megabytes)s Mo."),
        _("Partagez-le en plusieurs fichiers."),
    ),
    "import_too_many_rows": (
        _("Ce fichier a %(rows)s lignes ; un import en prend %(most)s au plus."),
        _("Partagez-le en plusieurs fichiers."),
    ),
    "import_too_many_cells": (
        _("La ligne %(row)s a plus de %(most)s cellules."),
        _("Enregistrez de nouveau la feuille en CSV, sans colonnes vides à droite."),
    ),
    "import_is_a_workbook": (
        _("C’est un classeur, pas un fichier CSV."),
        _(
            "Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 (délimité par des virgules) »."
            " Dans LibreOffice : Fichier, Enregistrer sous, « Texte CSV »."
        ),
    ),
    "import_not_text": (
        _("Ce n’est pas un fichier de texte."),
        _("Choisissez le fichier CSV que le tableur a enregistré."),
    ),
    "import_cell_too_large": (
        _("Une cellule de la ligne %(row)s est immense."),
        _("Un guillemet ouvert n’est sans doute pas refermé : vérifiez cette ligne."),
    ),
    "import_no_header": (
        _("La première ligne ne nomme aucune colonne connue. Elle dit : %(first_row)s"),
        _("Ajoutez une première ligne avec les noms des colonnes, comme dans le modèle."),
    ),
    "import_columns_missing": (
        _("Il manque une colonne : %(columns)s."),
        _("Ajoutez-la, comme dans le modèle."),
    ),
    "import_column_twice": (
        _("Deux colonnes disent la même chose : %(headers)s."),
        _("Gardez-en une seule."),
    ),
    "import_no_rows": (
        _("Ce fichier n’a que sa ligne d’en-tête."),
        _("Ajoutez un parent par ligne."),
    ),
    "import_over": (
        _("Cet import a déjà été confirmé, abandonné ou annulé."),
        _("Rechargez la page pour voir où il en est."),
    ),
    "import_nothing_new": (
        _("Aucune ligne de ce fichier n’est nouvelle."),
        _("Corrigez les lignes refusées, puis envoyez le fichier à nouveau."),
    ),
}
