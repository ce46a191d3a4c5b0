using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Xml;

namespace System.Configuration
{
    /// <summary>Elements of one kind, each with a key.</summary>
    public abstract class ConfigurationElementCollection : ConfigurationElement, ICollection
    {
        private readonly List<ConfigurationElement> all = new List<ConfigurationElement>();

        protected ConfigurationElementCollection()
        {
            AddElementName = "add";
            RemoveElementName = "remove";
            ClearElementName = "clear";
            ConfigurationCollectionAttribute told = (ConfigurationCollectionAttribute)
                Attribute.GetCustomAttribute(GetType(), typeof(ConfigurationCollectionAttribute));
            CallItems(told);
        }

        public int Count
        {
            get { return all.Count; }
        }

        public bool EmitClear { get; set; }

        public bool IsSynchronized
        {
            get { return false; }
        }

        public object SyncRoot
        {
            get { return all; }
        }

        public virtual ConfigurationElementCollectionType CollectionType
        {
            get { return ConfigurationElementCollectionType.AddRemoveClearMap; }
        }

        protected internal string AddElementName { get; set; }

        protected internal string RemoveElementName { get; set; }

        protected internal string ClearElementName { get; set; }

        protected virtual string ElementName
        {
            get { return ""; }
        }

        protected virtual bool ThrowOnDuplicate
        {
            get { return false; }
        }

        public IEnumerator GetEnumerator()
        {
            return all.GetEnumerator();
        }

        public void CopyTo(ConfigurationElement[] array, int index)
        {
            all.CopyTo(array, index);
        }

        void ICollection.CopyTo(Array array, int index)
        {
            ((ICollection)all).CopyTo(array, index);
        }

        internal void CallItems(ConfigurationCollectionAttribute told)
        {
            if (told != null)
            {
                AddElementName = told.AddItemName;
                RemoveElementName = told.RemoveItemName;
                ClearElementName = told.ClearItemsName;
            }
        }

        internal override void Read(XmlElement element, string path)
        {
            foreach (XmlElement each in ConfigFile.Elements(element))
            {
                if (each.LocalName == ClearElementName)
                {
                    BaseClear();
                }
                else if (each.LocalName == RemoveElementName)
                {
                    ConfigurationElement named = CreateNewElement();
                    named.Read(each, path + "/" + each.LocalName);
                    BaseRemove(GetElementKey(named));
                }
                else if (AddElementName.Split(',').Contains(each.LocalName) || IsElementName(each.LocalName))
                {
                    ConfigurationElement made = CreateNewElement(each.LocalName);
                    made.Read(each, path + "/" + each.LocalName);
                    BaseAdd(made);
                }
            }
        }

        protected abstract ConfigurationElement CreateNewElement();

        protected abstract object GetElementKey(ConfigurationElement element);

        protected virtual ConfigurationElement CreateNewElement(string elementName)
        {
            return CreateNewElement();
        }

        protected virtual bool IsElementName(string elementName)
        {
            return ElementName.Length > 0 && elementName == ElementName;
        }

        protected internal void BaseClear()
        {
            all.Clear();
        }

        protected internal ConfigurationElement BaseGet(int index)
        {
            return all[index];
        }

        protected internal ConfigurationElement BaseGet(object key)
        {
            return all.Find(each => Equals(GetElementKey(each), key));
        }

        protected internal object[] BaseGetAllKeys()
        {
            return all.Select(GetElementKey).ToArray();
        }

        protected int BaseIndexOf(ConfigurationElement element)
        {
            return all.IndexOf(element);
        }

        protected internal void BaseRemove(object key)
        {
            all.Remove(BaseGet(key));
        }

        protected internal void BaseRemoveAt(int index)
        {
            all.RemoveAt(index);
        }

        /// <summary>A later element of a key takes the place of an earlier one.</summary>
        protected virtual void BaseAdd(ConfigurationElement element)
        {
            ConfigurationElement before = BaseGet(GetElementKey(element));
            if (before == null)
            {
                all.Add(element);
            }
            else
            {
                all[all.IndexOf(before)] = element;
            }
        }

        protected virtual void BaseAdd(int index, ConfigurationElement element)
        {
            all.Insert(index, element);
        }
    }
}
