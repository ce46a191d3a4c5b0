"""The people every measurement works with: 15 attributes, the same for the same number."""

from typing import Any

from ecma2py import Values

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"

_GIVEN = ("Ada", "Bela", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Göran", "Hana", "Ines", "Jörg")
_FAMILY = ("Anders", "Baker", "Castro", "Dubois", "Evans", "Fischer", "García", "Huang", "Ito")
_CITIES = (("Lyon", "69003"), ("Porto", "4050"), ("Graz", "8010"))
_DEPARTMENTS = ("Finance", "Research", "Sales", "Support", "Production", "Human Resources")


def login(number: int) -> str:
    """The user name of person *number*."""
    return f"user{number:07}@bench.example"


def person(number: int) -> dict[str, Values]:
    """The attributes of person *number*, its anchor ``id`` among them."""
    given, family = _GIVEN[number % 10], _FAMILY[number % 9]
    city, code = _CITIES[number % 3]
    return {
        "id": f"{number:07}",
        "login": login(number),
        "givenName": given,
        "familyName": family,
        "displayName": f"{given} {family} ({number})",
        "mail": f"{family.lower()}.{number}@mail.bench.example",
        "phone": f"+33 4 72 {number % 100:02} {number // 100 % 100:02}",
        "title": f"Engineer grade {number % 7}",
        "department": _DEPARTMENTS[number % 6],
        "company": "Bench Instruments",
        "street": f"{number % 400 + 1} Rue de la République",
        "city": city,
        "postalCode": code,
        "badge": str(100_000 + number),
        "active": number % 50 != 0,
    }


def scim_user(number: int) -> dict[str, Any]:
    """Person *number* as a client would create it, in core and enterprise attributes."""
    known = person(number)
    return {
        "schemas": [CORE, ENTERPRISE],
        "userName": known["login"],
        "name": {"givenName": known["givenName"], "familyName": known["familyName"]},
        "displayName": known["displayName"],
        "title": known["title"],
        "active": known["active"],
        "emails": [{"type": "work", "value": known["mail"], "primary": True}],
        "phoneNumbers": [{"type": "work", "value": known["phone"]}],
        "addresses": [
            {
                "type": "work",
                "streetAddress": known["street"],
                "locality": known["city"],
                "postalCode": known["postalCode"],
            }
        ],
        ENTERPRISE: {
            "department": known["department"],
            "organization": known["company"],
            "employeeNumber": known["badge"],
        },
    }


MAPPING = {
    "userName": "login",
    "name.givenName": "givenName",
    "name.familyName": "familyName",
    "displayName": "displayName",
    "title": "title",
    "active": "active",
    'emails[type eq "work"].value': "mail",
    'phoneNumbers[type eq "work"].value': "phone",
    'addresses[type eq "work"].streetAddress': "street",
    'addresses[type eq "work"].locality': "city",
    'addresses[type eq "work"].postalCode': "postalCode",
    f"{ENTERPRISE}:department": "department",
    f"{ENTERPRISE}:organization": "company",
    f"{ENTERPRISE}:employeeNumber": "badge",
}
"""Which attribute of :func:`person` is behind which of :func:`scim_user`."""
