"""What Microsoft's connector has on its pages and this one has not, or has otherwise, and why."""

from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = {
    "Extension Name": "Taken, without effect. A .NET library that sets passwords cannot be loaded "
    "here: passwords are set by stored procedures, or by a connector of one's own.",
    "Operation Methods: Password Extension": "As 'Extension Name', and refused with this reason: "
    "choose 'Stored Procedure', or leave it empty.",
    "DataType and Direction of columns of multi-valued tables that hold the anchor": "Taken, "
    "without effect: they are no attributes.",
    "@SERVER, @DBNAME, @SCHEMA": "Values never become part of a statement: write the names out, or "
    "leave the default database and schema to the connection.",
    "Join Condition by other columns than the anchor": "The values of an object are asked for by "
    "its anchor: make the joined column the anchor, or read the values through a view.",
    "Join Condition with aliases": "Tables are named as they are; a query names what it likes.",
    "Multi-valued attributes of key columns": "The columns that hold the anchor are no attributes: "
    "every object would have itself as their only value.",
    "One reference for each object type with *": "Microsoft's connector gave as many "
    "references as there are types, most of them to nothing; here a column must tell the type.",
    "Several result sets": "Of a query only the first one is read; a procedure that gives several "
    "fails, because nobody tells which one is meant.",
    "Configure Provisioning Hierarchy": "Rows are in no containers that would have to be made.",
    "Configure Anchors": "Microsoft's page only shows '<anchor> + ObjectType'; so does the DN.",
}
"""By the name of a field, a choice or a behaviour."""
