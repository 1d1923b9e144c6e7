namespace Emu.Mm;

/// <content>The trees. Linux: <c>stable_tree_search</c>, <c>stable_tree_insert</c>, <c>unstable_tree_search_insert</c>.</content>
public sealed partial class Ksm
{
    // A merged page of the same contents that may serve another address, or null.
    private KsmStableNode? SearchStable(uint pfn)
    {
        KsmChain? chain = Find(pfn, TreeOf(pfn), out _, out _);
        if (chain == null)
            return null;
        KsmStableNode? best = null;
        // The one with most users first, so that the others run empty.
        foreach (KsmStableNode node in chain.Pages)
        {
            if (node.Items.Count < Settings.MaxPageSharing && (best == null || node.Items.Count > best.Items.Count))
                best = node;
        }
        return best;
    }

    // Goes down the stable tree. Nodes whose page is gone are removed on the way, and the search begins again.
    private KsmChain? Find(uint pfn, int tree, out ContentNode? parent, out bool left)
    {
        while (true)
        {
            parent = null;
            left = false;
            bool again = false;
            ContentNode? at = _stable[tree].Root;
            while (at is KsmChain chain)
            {
                if (!Prune(chain))
                {
                    again = true;
                    break;
                }
                int order = Contents(pfn).SequenceCompareTo(Contents(chain.Pages[0].Pfn));
                if (order == 0)
                    return chain;
                parent = at;
                left = order < 0;
                at = left ? at.Left : at.Right;
            }
            if (!again)
                return null;
        }
    }

    // Whether something is left of a chain when the nodes whose page is gone are removed. Linux: ksm_get_folio, chain_prune
    private bool Prune(KsmChain chain)
    {
        for (int i = chain.Pages.Count - 1; i >= 0; i--)
        {
            if (!IsAlive(chain.Pages[i]))
                RemoveNode(chain.Pages[i]);
        }
        return chain.Pages.Count != 0;
    }

    private bool IsAlive(KsmStableNode node)
    {
        ref Page page = ref _manager.Page(node.Pfn);
        return page.RefCount > 0 && page.Mapping == node.Handle;
    }

    // Linux: remove_node_from_stable_tree
    private void RemoveNode(KsmStableNode node)
    {
        foreach (KsmRmapItem item in node.Items.ToArray())
            Detach(item);
        KsmChain chain = node.Chain!;
        chain.Pages.Remove(node);
        if (chain.IsChain)
            Settings.StableNodeDups--;
        if (chain.Pages.Count == 0)
        {
            _stable[chain.Tree].Remove(chain);
            if (chain.IsChain)
                Settings.StableNodeChains--;
        }
        _manager.Mappings.Remove(node.Handle);
    }

    /// <summary>Nodes whose page is gone give their place up. Linux: <c>remove_all_stable_nodes</c> for those.</summary>
    private void RemoveStaleNodes()
    {
        List<KsmStableNode> stale = [];
        foreach (ContentTree tree in _stable)
        {
            Stack<ContentNode> open = new();
            if (tree.Root != null)
                open.Push(tree.Root);
            while (open.TryPop(out ContentNode? node))
            {
                stale.AddRange(((KsmChain)node).Pages.Where(page => !IsAlive(page)));
                if (node.Left != null)
                    open.Push(node.Left);
                if (node.Right != null)
                    open.Push(node.Right);
            }
        }
        stale.ForEach(RemoveNode);
    }

    // Linux: stable_tree_insert
    private KsmStableNode InsertStable(uint pfn)
    {
        int tree = TreeOf(pfn);
        KsmChain? chain = Find(pfn, tree, out ContentNode? parent, out bool left);
        KsmStableNode node = new(pfn);
        node.Handle = _manager.Mappings.Add(node);
        if (chain == null)
        {
            chain = new KsmChain(tree);
            _stable[tree].Insert(chain, parent, left);
        }
        else if (!chain.IsChain)
        {
            chain.IsChain = true;
            Settings.StableNodeChains++;
            Settings.StableNodeDups += chain.Pages.Count;
        }
        if (chain.IsChain)
            Settings.StableNodeDups++;
        chain.Pages.Add(node);
        node.Chain = chain;
        return node;
    }

    // Linux: stable_tree_append
    private void Append(KsmStableNode node, KsmRmapItem item)
    {
        item.Stable = node;
        node.Items.Add(item);
        if (node.Items.Count > 1)
            Settings.PagesSharing++;
        else
            Settings.PagesShared++;
        item.Mm.KsmMergingPages++;
    }

    // Linux: the stable half of remove_rmap_item_from_tree
    private void Detach(KsmRmapItem item)
    {
        KsmStableNode node = item.Stable!;
        node.Items.Remove(item);
        if (node.Items.Count != 0)
            Settings.PagesSharing--;
        else
            Settings.PagesShared--;
        item.Mm.KsmMergingPages--;
        item.Stable = null;
        item.AnonVma = null;
    }

    // Linux: remove_rmap_item_from_tree
    private void RemoveFromTree(KsmRmapItem item)
    {
        if (item.Stable is { } node)
        {
            if (IsAlive(node))
                Detach(item);
            else
                RemoveNode(node);
            return;
        }
        if (item.UnstableScan == 0)
            return;
        // A tree of an earlier pass is gone.
        if (item.UnstableScan == _scan && item.IsLinked)
            _unstable[item.Tree].Remove(item);
        item.UnstableScan = 0;
        Settings.PagesUnshared--;
    }

    // Another page of the same contents that was found in this pass, with a reference; or the page is put in. Linux: unstable_tree_search_insert
    private KsmRmapItem? SearchUnstable(KsmRmapItem item, uint pfn, out uint found)
    {
        int tree = TreeOf(pfn);
        ContentNode? parent = null;
        bool left = false;
        found = 0;
        for (ContentNode? at = _unstable[tree].Root; at is KsmRmapItem other;)
        {
            found = PageAt(other);
            // What it was put in for is gone: it is in the way, and the pass is as good as over for this page.
            if (found == 0 || found == pfn)
                return null;
            int order = Contents(pfn).SequenceCompareTo(Contents(found));
            if (order == 0)
            {
                _manager.GetPage(_manager.Memory.FolioOf(found));
                return other;
            }
            parent = at;
            left = order < 0;
            at = left ? at.Left : at.Right;
        }
        item.UnstableScan = _scan;
        item.Tree = tree;
        _unstable[tree].Insert(item, parent, left);
        Settings.PagesUnshared++;
        return null;
    }
}
