"""The SCIM 2.0 protocol as pure functions: no socket, no file, no thread.

What is published: ``mapping`` makes the resource types of ``types`` out of a connector's schema, by
``builder`` and the paths of ``mapping_paths``; ``bindings`` say what each path is in the connector,
``core`` what the RFC defines, and ``single_values`` which attributes have one value for clients
alone; ``discovery``, ``schemas`` and ``protocol_schemas`` tell clients.

What a request says: ``names``, ``literals``, ``paths`` and ``filters`` read its text; ``listing``,
``cursors``, ``projection`` and ``qualifying`` make the query of it. ``bodies`` reads a POST or PUT,
``patch`` a PATCH, by ``operations``, ``selecting`` and ``drafts``, and ``bulk`` several of them. By
``spreading`` and ``coercion`` they become the ``intents`` of one object.

What is answered: ``rendering`` makes the resource, ``evaluate`` and ``sorting`` choose and order by
the rules of ``comparing``, and ``errors`` are what a client is told when a request fails.
"""
