"""Configurations of Microsoft's hosts, read into a configuration file and written out of one.

| module | what holds there |
|---|---|
| ``importing`` ``exporting`` | the two ways as a whole: from a foreign file to ours, and back |
| ``tree`` ``xml_text`` | XML from anywhere as a small tree, within bounds; a tree as XML |
| ``unread`` | what of such a tree nothing here reads, to be told |
| ``making`` ``spelling`` | elements that are to be written; words of Microsoft's as ours |
| ``model`` | what Microsoft's hosts call a configuration, in classes |
| ``ecma2host`` ``ecma2host_schema`` | the XML of Microsoft's ECMA host as that model, and back |
| ``mim`` ``mim_schema`` | the XML of MIM's "Export Management Agent" as that model |
| ``products`` | which connector a library is here, and what its parameters are called |
| ``sql`` ``ldap`` | the same for Microsoft's Generic SQL and Generic LDAP connectors |
| ``schedule`` | run profiles and the timer there, the tables of imports and exports here |
| ``taking_over`` ``taking_schema`` | the model as tables of a configuration file |
| ``handing_over`` ``handing_schema`` | a configuration file as the model |
| ``remarks`` | what cannot be carried over, and what is to be done about it |
"""
