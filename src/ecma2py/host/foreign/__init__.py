"""Configurations of Microsoft's hosts, read into a configuration file and written out of one.

| module | what holds there |
|---|---|
| ``tree`` | XML from anywhere becomes a small tree, within bounds, or an error with its line |
| ``xml_text`` | a tree becomes XML that reads back as the same tree |
| ``model`` | what Microsoft's hosts call a configuration, in classes |
| ``ecma2host`` ``ecma2host_schema`` | the XML of Microsoft's ECMA host as that model, and back |
| ``mim`` ``mim_parts`` | the XML of "Export Management Agent" as that model |
| ``products`` | which connector a library is here, and what its parameters are called |
| ``sql`` ``ldap`` | the same for Microsoft's Generic SQL and Generic LDAP connectors |
| ``remarks`` | what cannot be carried from one side to the other, and what is to be done about it |
| ``taking_over`` ``taking_schema`` | the model as tables of a configuration file |
| ``handing_over`` ``handing_schema`` | a configuration file as the model |
| ``importing`` ``exporting`` | the two ways as a whole, from text to text |
"""
